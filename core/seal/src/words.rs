//! Comparison words: what approver and newcomer read to each other before a device is approved.

use chancery_log::id::{DeviceId, Digest, InvitationId};
use sha2::{Digest as _, Sha256};

/// How many words are compared: 48 bits.
pub const COMPARED: usize = 6;

/// How often the digest is hashed again. Somebody who holds the link and the server would search for keys whose words
/// equal the newcomer's: 2^48 tries of 2^14 hashes each. One honest reckoning takes a few milliseconds.
const ROUNDS: usize = 1 << 14;

const LABEL: &[u8] = b"chancery/words/1";

/// The words for this newcomer's device and the device that invited it. Approver and newcomer show them. It does not
/// matter who told the newcomer the inviter's id: a false one gives other words.
pub fn comparison_words(
    genesis: &Digest,
    invitation: &InvitationId,
    inviter: &DeviceId,
    newcomer: &DeviceId,
) -> [&'static str; COMPARED] {
    let mut hash = Sha256::new()
        .chain_update(LABEL)
        .chain_update(genesis.0)
        .chain_update(invitation.0)
        .chain_update(inviter.0)
        .chain_update(newcomer.0)
        .finalize();
    for _ in 0..ROUNDS {
        hash = Sha256::new().chain_update(LABEL).chain_update(hash).finalize();
    }
    words(&Digest(hash.into()))
}

/// One word for each of the digest's first bytes.
pub fn words(digest: &Digest) -> [&'static str; COMPARED] {
    let mut words = [""; COMPARED];
    for (word, byte) in words.iter_mut().zip(digest.0) {
        *word = WORDS.get(usize::from(byte)).copied().unwrap_or_default();
    }
    words
}

/// Four to seven letters, told apart by ear and by eye: any two differ in three letters, and in their first four.
#[rustfmt::skip]
pub const WORDS: [&str; 256] = [
    "acorn", "album", "almond", "amber", "anchor", "ankle", "apron", "arena", "atlas", "attic", "autumn",
    "badger", "bakery", "bamboo", "banana", "banjo", "barrel", "basket", "beacon", "beaver", "biscuit",
    "blossom", "bottle", "bridge", "bronze", "broom", "buffalo", "bundle", "cabbage", "cabin", "cactus",
    "camera", "canoe", "caravan", "cashew", "castle", "cement", "chapel", "cheese", "cherry", "chimney",
    "cinema", "circus", "clover", "cobalt", "cobweb", "coconut", "coffee", "compass", "cotton", "cradle",
    "crater", "cricket", "crystal", "curtain", "dancer", "decimal", "dentist", "diagram", "diamond",
    "dolphin", "dominos", "donkey", "dragon", "dynamo", "eagle", "easel", "echo", "eclipse", "elbow",
    "embassy", "emerald", "engine", "equator", "fabric", "falcon", "fanfare", "farmer", "feather", "fender",
    "fiddle", "flannel", "flute", "forest", "fossil", "freight", "fudge", "galaxy", "garlic", "gazelle",
    "gherkin", "ginger", "giraffe", "glacier", "goblet", "goggles", "gondola", "granite", "guitar",
    "hammock", "hamster", "harvest", "helmet", "hexagon", "horizon", "iceberg", "igloo", "insect", "island",
    "ivory", "jaguar", "jasmine", "javelin", "jelly", "jersey", "jigsaw", "juniper", "kayak", "ketchup",
    "kimono", "kiosk", "kitten", "koala", "lagoon", "lantern", "lemon", "leopard", "lettuce", "library",
    "linen", "lizard", "lobster", "locket", "lullaby", "magenta", "magnet", "magpie", "mammoth", "marble",
    "meadow", "mermaid", "mirror", "mosaic", "muffin", "museum", "napkin", "nectar", "needle", "nickel",
    "nugget", "nutmeg", "oasis", "ocean", "octopus", "olive", "omelet", "onion", "orange", "orchard",
    "origami", "ostrich", "oxygen", "palace", "panda", "panther", "papaya", "paper", "paprika", "parrot",
    "pasture", "peanut", "pebble", "pelican", "penguin", "piano", "pillow", "plaza", "potato", "prairie",
    "pretzel", "prism", "pumpkin", "puzzle", "pyramid", "python", "quilt", "quiver", "rabbit", "raccoon",
    "radar", "radish", "raisin", "ranch", "raven", "rhubarb", "ribbon", "ruby", "rudder", "saffron",
    "sapling", "sausage", "scarf", "school", "scooter", "shampoo", "shelter", "shovel", "silver", "skyline",
    "spatula", "sphinx", "spider", "spinach", "sponge", "squid", "stadium", "statue", "stencil", "summer",
    "sunrise", "surgeon", "syrup", "tadpole", "teapot", "temple", "textile", "thimble", "thunder", "topaz",
    "tornado", "tractor", "trapeze", "tripod", "trumpet", "tulip", "tunnel", "turtle", "tuxedo", "unicorn",
    "valley", "vanilla", "village", "violin", "volcano", "vulture", "waffle", "walnut", "whistle", "widget",
    "window", "wombat", "yogurt", "zebra", "zigzag", "zipper", "zodiac",];
