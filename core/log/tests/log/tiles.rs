//! Tile names and bytes, strictly.

use chancery_log::{
    act::ACT_BYTES_MAX,
    id::Digest,
    tiles::{self, TILE_WIDTH, TileError, TileId, TilePath},
};
use proptest::prelude::*;
use tlog_tiles::tile::Tile;

use crate::world::leaves;

#[test]
fn paths_are_those_of_c2sp() {
    let hashes = |level, index, width| TilePath::Hashes(TileId { level, index }, width);
    for (path, tile) in [
        ("tile/0/000", hashes(0, 0, 256)),
        ("tile/0/x001/x234/067", hashes(0, 1_234_067, 256)),
        ("tile/3/x001/x234/067.p/1", hashes(3, 1_234_067, 1)),
        ("tile/entries/x001/000", TilePath::Leaves(1000, 256)),
        ("tile/entries/999.p/255", TilePath::Leaves(999, 255)),
        ("acts/012.p/44", TilePath::Acts(12, 44)),
    ] {
        assert_eq!(tile.to_string(), path);
        assert_eq!(TilePath::read(path), Ok(tile));
    }
}

#[test]
fn other_spellings_are_not_paths() {
    for path in [
        "",
        "checkpoint",
        "tile",
        "tile/0",
        "tile/0/",
        "tile/0/0",
        "tile/0/0000",
        "tile/00/000",
        "tile/+1/000",
        "tile/8/000",
        "tile/256/000",
        "tile/-1/000",
        "tile/8/0/000",
        "tile/0/x000/000",
        "tile/0/001/000",
        "tile/0/x001/x000",
        "tile/0/xx01/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/257",
        "tile/0/000.p/01",
        "tile/0/000.p/1.p/1",
        "tile/0/000.p/",
        "tile/0/../000",
        "/tile/0/000",
        "tile/0/000/",
        "tile/data/000",
        "entries/000",
        "acts/x/000",
        "tile/0/x018/x446/x744/x073/x709/x551/616",
        "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
    ] {
        assert_eq!(TilePath::read(path), Err(TileError::Path(path.into())));
    }
    let long = TilePath::read(&"x".repeat(10_000)).unwrap_err();
    assert!(long.to_string().len() < 300);
}

#[test]
fn bundles_read_back_and_nothing_else_does() {
    let leaves = [b"one".to_vec(), Vec::new(), vec![7; 300]];
    let bundle = tiles::encode_leaves(&leaves).unwrap();
    assert_eq!(bundle[..5], [0, 3, b'o', b'n', b'e']);
    assert_eq!(tiles::decode_leaves(&bundle, 3).unwrap(), leaves);
    assert_eq!(tiles::decode_leaves(&bundle, 2), Err(TileError::Trailing { width: 2, extra: 302 }));
    assert_eq!(tiles::decode_leaves(&bundle, 4), Err(TileError::Truncated(3)));
    for cut in 0..bundle.len() {
        assert!(tiles::decode_leaves(&bundle[..cut], 3).is_err(), "cut at {cut}");
    }
    let acts = tiles::encode_acts(&leaves).unwrap();
    assert_eq!(acts[..7], [0, 0, 0, 3, b'o', b'n', b'e']);
    assert_eq!(tiles::decode_acts(&acts, 3).unwrap(), leaves);
    for cut in 0..acts.len() {
        assert!(tiles::decode_acts(&acts[..cut], 3).is_err(), "cut at {cut}");
    }
}

#[test]
fn what_is_too_long_or_too_much_is_refused() {
    let leaf = TileError::ItemTooLong { limit: 65_535, got: 65_536 };
    assert_eq!(tiles::encode_leaves(&[vec![0; 65_536]]), Err(leaf));
    let act = TileError::ItemTooLong { limit: ACT_BYTES_MAX, got: ACT_BYTES_MAX + 1 };
    assert_eq!(tiles::encode_acts(&[vec![0; ACT_BYTES_MAX + 1]]), Err(act));
    assert!(tiles::encode_acts(&[vec![0; ACT_BYTES_MAX]]).is_ok());
    let endless = TileError::ItemTooLong { limit: ACT_BYTES_MAX, got: 0xffff_ffff };
    assert_eq!(tiles::decode_acts(&[0xff; 20], 1), Err(endless));
    for items in [0, 257] {
        let width = TileError::Width(items);
        assert_eq!(tiles::encode_leaves(&vec![b"x"; items]), Err(width.clone()));
        assert_eq!(tiles::encode_hashes(&vec![Digest::NONE; items]), Err(width.clone()));
        assert_eq!(tiles::decode_leaves(&[], items as u16), Err(width.clone()));
        assert_eq!(tiles::decode_hashes(&[], items as u16), Err(width));
    }
}

#[test]
fn a_tile_of_hashes_has_one_length() {
    let hashes = leaves(3);
    let bytes = tiles::encode_hashes(&hashes).unwrap();
    assert_eq!(tiles::decode_hashes(&bytes, 3), Ok(hashes));
    for (bytes, got) in [(&bytes[..95], 95), (&bytes[..64], 64)] {
        assert_eq!(tiles::decode_hashes(bytes, 3), Err(TileError::Length { width: 3, expected: 96, got }));
    }
    assert_eq!(tiles::decode_hashes(&bytes, 2), Err(TileError::Length { width: 2, expected: 64, got: 96 }));
}

proptest! {
    #![proptest_config(crate::world::told())]

    #[test]
    fn names_agree_with_tlog_tiles_but_for_the_height(level in 0_u8..8, index: u64, width in 1_u16..=TILE_WIDTH) {
        let ours = TilePath::Hashes(TileId { level, index }, width).to_string();
        let theirs = Tile::new(8, level, index, u32::from(width), false).path();
        prop_assert_eq!(&ours, &theirs.replacen("tile/8/", "tile/", 1));
        prop_assert_eq!(TilePath::read(&ours), Ok(TilePath::Hashes(TileId { level, index }, width)));
        let bundle = TilePath::Leaves(index, width);
        prop_assert_eq!(TilePath::read(&bundle.to_string()), Ok(bundle));
    }

    #[test]
    fn no_bytes_make_the_readers_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), width: u16) {
        if let Ok(items) = tiles::decode_leaves(&bytes, width) {
            prop_assert_eq!(tiles::encode_leaves(&items).unwrap(), bytes.clone());
        }
        if let Ok(items) = tiles::decode_acts(&bytes, width) {
            prop_assert_eq!(tiles::encode_acts(&items).unwrap(), bytes);
        }
    }

    #[test]
    fn no_text_makes_the_path_reader_panic(path in "(tile|acts)?/?[0-9x/.p]{0,40}") {
        if let Ok(read) = TilePath::read(&path) {
            prop_assert_eq!(read.to_string(), path);
        }
    }
}
