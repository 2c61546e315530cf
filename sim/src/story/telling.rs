//! Tells a page on a simulated desk: sentence by sentence, and stops at the first that does not come true.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use chancery_desk::act::OfficePurpose;
use chancery_log::id::{OfficeId, PackageId, PersonId};
use chancery_participant::{
    deed::Deed, enrol::Newcomer, enrol::NewcomerNews, outbox::Ticket, participant::Participant,
};
use chancery_seal::invitation::DeviceLink;

use super::{
    names::{Names, find},
    outcome::{self, Expected},
    page::{Page, Sentence},
    pattern, seen, sentences,
};
use crate::world::World;

/// What a told story went through: for the test that all stories together cover everything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Told {
    /// The story's title.
    pub title: String,
    /// The names of all acts in its log.
    pub acts: BTreeSet<String>,
    /// The names of all refusals that it expected.
    pub refusals: BTreeSet<String>,
}

/// A sentence that was not understood, or that did not come true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The page.
    pub file: String,
    /// The sentence's line, from 1.
    pub line: usize,
    /// The sentence.
    pub sentence: String,
    /// What was seen instead.
    pub why: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}\n    {}", self.file, self.line, self.sentence, self.why)
    }
}

/// A story while it is told.
#[derive(Default)]
pub(super) struct Telling {
    pub(super) desk: Option<World>,
    pub(super) names: Names,
    pub(super) custodians: Option<(Vec<String>, u8)>,
    /// The package that the story is about now.
    pub(super) topic: Option<PackageId>,
    /// Links that were handed out, by the name of the person.
    pub(super) links: BTreeMap<String, DeviceLink>,
    /// Devices that knocked, with what they were told.
    pub(super) newcomers: BTreeMap<String, (Newcomer, Option<NewcomerNews>)>,
    /// Deeds of the sentence.
    pub(super) done: Vec<(String, Ticket)>,
    /// A refusal that came before there was a deed.
    pub(super) refused: Option<String>,
    /// Devices whose alarms the story has spoken of.
    pub(super) alarmed: BTreeSet<String>,
    pub(super) told: Told,
    seed: u8,
}

/// Tells the page. `file`: its name, for errors; the same page always goes the same way.
pub fn tell(file: &str, text: &str) -> Result<Told, Broken> {
    let broken = |line, sentence: &str, why| {
        let (file, sentence) = (file.to_owned(), sentence.to_owned());
        Broken { file, line, sentence, why }
    };
    let page = Page::read(text).map_err(|(line, why)| broken(line, "", why))?;
    let seed = file.bytes().fold(7_u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte));
    let mut telling = Telling { seed, ..Telling::default() };
    telling.told.title.clone_from(&page.title);
    for Sentence { line, text } in &page.sentences {
        telling.tell(text).map_err(|why| broken(*line, text, why))?;
    }
    let last = page.sentences.last().map_or(1, |sentence| sentence.line);
    telling.end().map_err(|why| broken(last, "(the end of the story)", why))?;
    Ok(telling.told)
}

/// A story that a test in Rust goes on from, or mixes its own steps into.
pub struct Scene(Telling);

impl Scene {
    /// Tells sentences from the beginning, without a title.
    pub fn set(seed: u8, text: &str) -> Self {
        let mut scene = Self(Telling { seed, ..Telling::default() });
        scene.tell(text);
        scene
    }

    /// Tells more sentences; a test ends at the first that does not come true.
    pub fn tell(&mut self, text: &str) {
        let page = Page::read(&format!("Story: a scene\n{text}")).expect("the scene's text can be read");
        for sentence in page.sentences {
            if let Err(why) = self.0.tell(&sentence.text) {
                panic!("{}\n    {why}", sentence.text);
            }
        }
    }

    /// The desk.
    pub fn world(&mut self) -> &mut World {
        self.0.desk.as_mut().expect("the scene has a desk")
    }

    /// The package that the scene is about.
    pub fn package(&self) -> PackageId {
        self.0.topic.expect("the scene is about a package")
    }

    /// A person by name.
    pub fn person(&self, name: &str) -> PersonId {
        self.0.person(name).expect("the person is in the scene")
    }

    /// The link that somebody was handed.
    pub fn link(&self, name: &str) -> DeviceLink {
        self.0.links.get(name).expect("a link was handed over").clone()
    }

    /// Whether anything that a device has opened holds these words.
    pub fn can_read(&mut self, device: &str, words: &str) -> bool {
        seen::can_read(&self.world().device(device).participant, words)
    }

    /// Everything that a device shows, as text, to be compared.
    pub fn shows(&mut self, device: &str) -> String {
        seen::everything(&self.world().device(device).participant)
    }
}

/// Every sentence that a page can say, with gaps in angle brackets.
pub fn patterns() -> impl Iterator<Item = &'static str> {
    sentences::all().map(|says| says.0)
}

impl Telling {
    fn tell(&mut self, text: &str) -> Result<(), String> {
        let (text, expected) = match text.split_once(" and is refused: ") {
            Some((tried, reason)) => {
                let done =
                    pattern::as_done(tried).ok_or("expected \"… tries to … and is refused: the reason\"")?;
                (done, Expected::Refused(reason.to_owned()))
            }
            None => (text.to_owned(), Expected::Done),
        };
        self.done.clear();
        self.refused = None;
        let found = sentences::all().find_map(|says| {
            let caught = pattern::catch(says.0, &text)?;
            Some((says.1, caught))
        });
        let (does, caught) = found.ok_or_else(|| {
            format!("no sentence like this is known: {text}\n    sim/stories/README.md lists them all")
        })?;
        does(self, &caught)?;
        if let Some(world) = self.desk.as_mut() {
            world.run();
        }
        outcome::judge(self, &expected)
    }

    /// The desk; a story founds it with its first sentence.
    pub(super) fn world(&mut self) -> Result<&mut World, String> {
        self.desk.as_mut().ok_or_else(|| "there is no desk yet; begin with \"At the desk: …\"".to_owned())
    }

    pub(super) fn seed(&self) -> u8 {
        self.seed
    }

    /// A device by name. A person's first device goes by the person's name, "Nils" or "Nils's phone".
    pub(super) fn device(&mut self, name: &str) -> Result<String, String> {
        let bare = name.strip_suffix("'s phone").unwrap_or(name);
        let world = self.world()?;
        let found = world.devices.iter().map(|device| &device.name).find(|known| **known == bare);
        found.cloned().ok_or_else(|| {
            let known: Vec<_> = world.devices.iter().map(|device| device.name.as_str()).collect();
            format!("there is no device {name:?}; there are: {}", known.join(", "))
        })
    }

    pub(super) fn person(&self, name: &str) -> Result<PersonId, String> {
        find("person", &self.names.people, &name.to_owned())
    }

    pub(super) fn office(&self, name: &str) -> Result<OfficeId, String> {
        find("office", &self.names.offices, &name.to_owned())
    }

    /// The package that the story is about.
    pub(super) fn topic(&self) -> Result<PackageId, String> {
        self.topic.ok_or_else(|| "no call was asked for yet".to_owned())
    }

    pub(super) fn participant(&mut self, device: &str) -> Result<&mut Participant, String> {
        let device = self.device(device)?;
        Ok(&mut self.world()?.device(&device).participant)
    }

    /// Does something on a device; the outcome is judged at the end of the sentence.
    pub(super) fn does(&mut self, device: &str, deed: Deed) -> Result<(), String> {
        let device = self.device(device)?;
        let ticket = self.world()?.queue(&device, deed);
        self.done.push((device, ticket));
        Ok(())
    }

    /// Sixteen random bytes of a device.
    pub(super) fn draw(&mut self, device: &str) -> Result<[u8; 16], String> {
        Ok(self.participant(device)?.draw_id())
    }

    /// The directory, where names are sealed.
    pub(super) fn directory(&mut self, device: &str) -> Result<OfficeId, String> {
        let trust = self.participant(device)?.ledger().trust();
        let directory = trust.and_then(|trust| trust.office_by_purpose(OfficePurpose::Directory));
        directory.ok_or_else(|| "this device knows of no directory".to_owned())
    }

    /// Names of all devices.
    pub(super) fn devices(&mut self) -> Result<Vec<String>, String> {
        Ok(self.world()?.devices.iter().map(|device| device.name.clone()).collect())
    }

    /// What holds at the end of every story: no alarm but those it spoke of; the log stands up to an audit; server and
    /// devices come back from their disks and show the same.
    fn end(&mut self) -> Result<(), String> {
        seen::no_alarm(self)?;
        let acts = outcome::audit(self.world()?)?;
        self.told.acts = acts;
        let devices = self.devices()?;
        let world = self.world()?;
        let mut before = BTreeMap::new();
        for name in &devices {
            let device = world.device(name);
            before.insert(name.clone(), (device.connection.is_some(), seen::everything(&device.participant)));
        }
        world.restart_server();
        for (name, (was_connected, shown)) in &before {
            world.restart_device(name);
            let again = seen::everything(&world.device(name).participant);
            if again != *shown {
                let mut lines = shown.lines().zip(again.lines());
                let (was, is) = lines.find(|(was, is)| was != is).unwrap_or_default();
                return Err(format!("{name} came back from its disk and shows {is:?} instead of {was:?}"));
            }
            if *was_connected {
                world.connect(name);
            }
        }
        world.run();
        seen::no_alarm(self)
    }
}
