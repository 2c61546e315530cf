//! Time passes: DTLS goes on, missing frames are asked for, reports are due, legs fall quiet and are gone.

use super::Sfu;
use crate::{
    event::{End, Event},
    io::Output,
    leg::Connection,
    limits::{CONNECT_US, GONE_US, QUIET_US, REPORT_US, STATISTICS_US},
};

impl Sfu {
    pub(super) fn pass(&mut self) {
        while let Some((_, place)) = self.timers.first().filter(|(due_us, _)| *due_us <= self.now_us).copied()
        {
            self.look_at(place);
            self.schedule(place);
        }
    }

    fn look_at(&mut self, place: usize) {
        let now_us = self.now_us;
        let Some(leg) = self.legs.get_mut(place) else { return };
        // Without a path no DTLS has begun.
        if leg.dtls.due_us().is_some_and(|due_us| due_us <= now_us)
            && let Some(path) = leg.ice.used()
        {
            let step = leg.dtls.pass(&self.certificate, now_us);
            self.stepped(place, path, step);
        }
        let Some(leg) = self.legs.get_mut(place) else { return };
        if leg.up.missing.due_us().is_some_and(|due_us| due_us <= now_us) {
            leg.ask(now_us, &mut self.outputs);
        }
        if leg.next_report_us <= now_us {
            leg.next_report_us = now_us + REPORT_US;
            self.each_second(place);
        }
    }

    fn each_second(&mut self, place: usize) {
        let now_us = self.now_us;
        let Some(leg) = self.legs.get_mut(place) else { return };
        let silent_us = now_us.saturating_sub(leg.heard_us);
        let end = match &leg.connection {
            Connection::Joining if now_us > leg.joined_us + CONNECT_US => Some(End::NeverConnected),
            Connection::Connected(_) | Connection::Quiet(_) if silent_us > GONE_US => Some(End::Silent),
            Connection::Joining | Connection::Connected(_) | Connection::Quiet(_) => None,
        };
        if let Some(because) = end {
            self.cut(place, because);
            return;
        }
        leg.tell_rest(now_us, &mut self.outputs);
        match &leg.connection {
            Connection::Joining => return,
            Connection::Connected(_) | Connection::Quiet(_) => {}
        }
        if silent_us > QUIET_US {
            leg.fall_quiet(&mut self.outputs);
        }
        leg.report(now_us, &mut self.outputs);
        leg.tell_path(now_us, &mut self.outputs);
        if leg.next_statistics_us <= now_us {
            leg.next_statistics_us = now_us + STATISTICS_US;
            let (call, leg, statistics) = (leg.call, leg.device, leg.counted());
            self.outputs.push_back(Output::Event(Event::Statistics { call, leg, statistics }));
        }
    }
}
