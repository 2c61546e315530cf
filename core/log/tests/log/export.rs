//! An exported log is whole.

use std::collections::BTreeMap;

use chancery_log::{
    audit::Audit,
    export::{self, Export},
    id::Scope,
    leaf::EntryBytes,
    tiles::{self, TileId, TilePath},
};

use crate::world::{Log, package};

fn exported(log: &Log) -> BTreeMap<TilePath, Vec<u8>> {
    let mut export = Export::new();
    let mut files = BTreeMap::new();
    for entry in log.entries() {
        files.extend(export.add(entry).unwrap());
    }
    let (head, rest) = export.finish().unwrap();
    files.extend(rest);
    assert_eq!(head, log.stored.tree.head());
    files
}

fn log(size: usize) -> Log {
    let mut log = Log::default();
    let scopes = [Scope::Trust, package(1), package(2)];
    scopes.iter().cycle().take(size).for_each(|scope| log.write(*scope));
    log
}

#[test]
fn it_has_exactly_the_files_that_its_size_demands() {
    for size in [0, 1, 255, 256, 257, 512, 700] {
        let log = log(size);
        let files = exported(&log);
        let size = size as u64;
        let mut expected: Vec<_> = export::hash_paths(size).collect();
        expected.extend(export::bundle_paths(size).flat_map(|(leaves, acts)| [leaves, acts]));
        expected.sort();
        assert_eq!(files.keys().copied().collect::<Vec<_>>(), expected, "{size} leaves");
        for (id, bytes) in &log.stored.tiles {
            assert_eq!(&files[&TilePath::Hashes(*id, 256)], bytes);
        }
    }
}

#[test]
fn it_reads_back_as_the_log_it_was() {
    let log = log(600);
    let files = exported(&log);
    let mut audit = Audit::new();
    for (leaves, acts) in export::bundle_paths(600) {
        let (TilePath::Leaves(_, width), TilePath::Acts(_, same)) = (leaves, acts) else {
            panic!("{leaves} {acts}")
        };
        assert_eq!(width, same);
        let leaves = tiles::decode_leaves(&files[&leaves], width).unwrap();
        let acts = tiles::decode_acts(&files[&acts], width).unwrap();
        for (leaf, act) in leaves.into_iter().zip(acts) {
            audit.feed(EntryBytes { leaf, act }).unwrap();
        }
    }
    audit.compare(&log.checkpoint()).unwrap();
}

#[test]
fn the_paths_of_a_large_log_are_those_of_c2sp() {
    let paths: Vec<_> =
        export::hash_paths(70_000).filter(|path| !path.to_string().starts_with("tile/0/x")).collect();
    assert_eq!(paths.last(), Some(&TilePath::Hashes(TileId { level: 2, index: 0 }, 1)));
    let names: Vec<_> = export::hash_paths(70_000).map(|path| path.to_string()).collect();
    assert_eq!(names.len(), 274 + 2 + 1);
    assert_eq!(names[273..], ["tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"]);
}
