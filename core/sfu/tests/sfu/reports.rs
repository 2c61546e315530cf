//! RTCP: what the sfu reports of what it received and sent, so that the other end can rely on it.

use crate::{
    network::{FAIR, Weather},
    world::{World, device},
};

#[test]
fn a_speaker_is_told_what_arrived_and_what_did_not() {
    let mut world = World::with(2, &[1]);
    world.talk_ms(&[1], 3_000);
    let fair = world.devices[&device(1)].told.clone();
    assert!(fair.iter().all(|block| (block.fraction_lost, block.packets_lost) == (0, 0)), "{fair:?}");
    assert!(fair.len() >= 2, "one a second");
    world.network.weather = Weather { lost_of_1000: 300, ..FAIR };
    world.devices.get_mut(&device(1)).unwrap().never_repeats = true;
    world.talk_ms(&[1], 5_000);
    world.network.weather = FAIR;
    world.talk_ms(&[1], 2_000);
    let newest = world.devices[&device(1)].told.last().copied().unwrap();
    assert!((40..120).contains(&newest.packets_lost), "{newest:?}");
    assert!(newest.max_seq >= 1_000 + 8 * 50, "{newest:?}");
    assert!(newest.last_sr_time != 0 && newest.last_sr_delay > 0, "its own report is answered: {newest:?}");
}

#[test]
fn a_listener_is_told_what_was_sent_on_each_slot_that_is_in_use() {
    let mut world = World::with(3, &[1, 2]);
    world.talk_ms(&[1, 2], 3_000);
    world.run_ms(1_500);
    let told = &world.devices[&device(3)].sent_to;
    for speaker in [1, 2] {
        let ssrc = world.heard(3, speaker)[0].ssrc;
        let newest = told.iter().rev().find(|sent| *sent.ssrc == ssrc).unwrap();
        assert_eq!(newest.sender_packet_count, 150);
        let bytes: usize = world.heard(3, speaker).iter().map(|heard| heard.frame.len()).sum();
        assert_eq!(newest.sender_octet_count as usize, bytes);
    }
    let mut ssrcs: Vec<u32> = told.iter().map(|sent| *sent.ssrc).collect();
    ssrcs.sort_unstable();
    ssrcs.dedup();
    assert_eq!(ssrcs.len(), 2, "slots that are not in use are not reported");
}
