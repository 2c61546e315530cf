//! A call in progress: the server's tree, and members who follow what it says won.

use std::collections::BTreeSet;

use chancery_call_tree::{
    key_package::VerifiedKeyPackage,
    tree::{CallTree, Moved, check_key_package},
};
use chancery_seal::frame_header::LeafIndex;
use chancery_secure_call::group::{
    CallGroup,
    commit::{Committed, Plan},
    join::Joining,
    receive::{CommitReceived, Merged},
};

use crate::world::{NOW_MS, Person, World};

pub(crate) struct Call {
    pub(crate) server: CallTree,
    #[allow(clippy::vec_box, reason = "a group is merged in its box")]
    pub(crate) members: Vec<Box<CallGroup>>,
}

pub(crate) fn join(world: &mut World, person: &Person) -> Joining {
    Joining::draw(world.place, person.party, &person.device, NOW_MS, &mut world.rng).unwrap()
}

pub(crate) fn offered(world: &World, joining: &Joining) -> VerifiedKeyPackage {
    check_key_package(joining.key_package(), &world.place, &world.admitted, NOW_MS).unwrap()
}

/// Follows another's commit.
pub(crate) fn follow(world: &World, mut member: Box<CallGroup>, commit: &[u8]) -> (Box<CallGroup>, Moved) {
    let CommitReceived::Other(received) = member.receive_commit(commit).unwrap() else {
        panic!("own commit")
    };
    let verified = member.verify(received, &world.admitted, NOW_MS).unwrap();
    match member.merge(verified) {
        Merged::In { group, moved } => (group, moved),
        Merged::Out { .. } | Merged::Stale { .. } | Merged::Lost { .. } => panic!("not in any more"),
    }
}

impl Call {
    /// The first person alone.
    pub(crate) fn begin(world: &mut World, first: &Person) -> Self {
        let group =
            CallGroup::found(world.place, first.party, &first.device, NOW_MS, &mut world.rng).unwrap();
        let server =
            CallTree::open(&group.group_info().unwrap(), world.place, &world.admitted, NOW_MS).unwrap();
        Self { server, members: vec![Box::new(group)] }
    }

    /// As many people as asked for, the first of whom added the others in one commit.
    pub(crate) fn of(world: &mut World, people: usize) -> (Self, Vec<Person>) {
        let people: Vec<Person> = (0..people).map(|_| world.person()).collect();
        let mut call = Self::begin(world, &people[0]);
        let others: Vec<&Person> = people.iter().skip(1).collect();
        if !others.is_empty() {
            call.add(world, 0, &others);
        }
        (call, people)
    }

    /// A member hands in a commit, and everybody follows it.
    pub(crate) fn won(&mut self, world: &World, by: usize, made: &Committed) -> Moved {
        let author = self.members[by].own().device;
        let moved = self
            .server
            .take(&made.commit, made.welcome.as_deref(), author, &world.admitted, &BTreeSet::new(), NOW_MS)
            .unwrap();
        let removed: Vec<LeafIndex> = moved.removed.iter().map(|seat| seat.leaf).collect();
        self.members = std::mem::take(&mut self.members)
            .into_iter()
            .enumerate()
            .filter_map(|(number, mut member)| {
                if number == by {
                    assert_eq!(member.confirm().unwrap(), moved);
                    return Some(member);
                }
                if removed.contains(&member.own().leaf) {
                    return None;
                }
                let (member, seen) = follow(world, member, &made.commit);
                assert_eq!(seen, moved);
                Some(member)
            })
            .collect();
        moved
    }

    /// A member adds people, who come in.
    pub(crate) fn add(&mut self, world: &mut World, by: usize, people: &[&Person]) -> Moved {
        let joining: Vec<Joining> = people.iter().map(|person| join(world, person)).collect();
        let add = joining.iter().map(|joining| offered(world, joining)).collect();
        let made = self.members[by].commit(Plan { add, ..Plan::default() }, &world.admitted, NOW_MS).unwrap();
        let moved = self.won(world, by, &made);
        for joining in joining {
            let welcomed = joining.follow(made.welcome.as_ref().unwrap()).unwrap();
            self.members.push(Box::new(welcomed.enter(&world.admitted, NOW_MS).unwrap()));
        }
        moved
    }

    /// A member commits nothing but its own new keys.
    pub(crate) fn update(&mut self, world: &World, by: usize) -> Moved {
        let made = self.members[by].commit(Plan::default(), &world.admitted, NOW_MS).unwrap();
        self.won(world, by, &made)
    }

    /// A member removes somebody.
    pub(crate) fn remove(&mut self, world: &World, by: usize, leaf: LeafIndex) -> Moved {
        let plan = Plan { remove: vec![leaf], ..Plan::default() };
        let made = self.members[by].commit(plan, &world.admitted, NOW_MS).unwrap();
        self.won(world, by, &made)
    }

    /// Everybody is in the same state, and the server's tree is the members'.
    pub(crate) fn agree(&self) {
        let first = &self.members[0];
        for member in &self.members {
            assert_eq!(member.seats(), first.seats());
            assert_eq!(member.epoch(), first.epoch());
            assert_eq!(member.authenticator().unwrap(), first.authenticator().unwrap());
            assert_eq!(member.frame_base().unwrap().expose(), first.frame_base().unwrap().expose());
            assert_eq!(member.epoch_name().unwrap(), first.epoch_name().unwrap());
        }
        assert_eq!(self.server.seats(), first.seats());
        assert_eq!(self.server.epoch(), first.epoch());
        let (stated, name) = (self.server.epoch_stated().unwrap(), first.epoch_name().unwrap());
        assert_eq!((stated.place, stated.roster.digest().unwrap()), (name.place, name.roster));
    }
}
