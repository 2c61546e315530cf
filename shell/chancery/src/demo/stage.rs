//! The demo's desk while it runs: folders, the server, one headless device for each person, and the ids behind the short
//! names of the cast.

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, anyhow, bail};
use chancery_desk::act::{Act, OfficePurpose};
use chancery_device::{
    enrol::enrol,
    folder::{Folder, FolderError},
    running::{Device, RunError},
};
use chancery_log::id::{CounterpartId, OfficeId, PersonId, Scope, Vault};
use chancery_participant::{
    deed::{Deed, Words},
    view::people::people,
};
use chancery_seal::body::{
    Body,
    people::{OfficeProfile, PersonProfile},
};
use chancery_server::{
    limits::Limits,
    shell::{
        config::{Config, LineProtection},
        running::{self, Running},
    },
};
use tokio::{task::JoinHandle, time::timeout};

use super::cast::{Cast, Member};
use crate::{
    init::{
        answers::Answers,
        make::{Made, make},
    },
    settled::is_settled,
    time::now_ms,
};

/// Key work of a dozen devices on a slow machine.
const SETTLE: Duration = Duration::from_secs(180);

/// The desk of the cast, running.
pub struct Stage {
    /// The cast.
    pub cast: Cast,
    /// Where everything lies.
    pub root: PathBuf,
    /// The desk's address.
    pub base: String,
    /// People by short name.
    pub people: BTreeMap<String, PersonId>,
    /// Offices by short name.
    pub offices: BTreeMap<String, OfficeId>,
    /// Counterparts by short name.
    pub counterparts: BTreeMap<String, CounterpartId>,
    devices: BTreeMap<String, Device>,
    tasks: Vec<JoinHandle<Result<(), FolderError>>>,
    server: Running,
}

/// A port that was free a moment ago, unless one was named.
fn free_port(listen: Option<SocketAddr>) -> anyhow::Result<SocketAddr> {
    match listen {
        Some(listen) if !listen.ip().is_loopback() => {
            bail!("the demo listens on this machine only: name a loopback address such as 127.0.0.1:8443")
        }
        Some(listen) if listen.port() != 0 => Ok(listen),
        Some(_) | None => {
            let probe =
                TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port on this machine")?;
            Ok(probe.local_addr()?)
        }
    }
}

fn titled(member: &Member) -> String {
    format!("{}, {}", member.name, member.title)
}

impl Stage {
    /// Founds the desk of the cast and opens it: officers only, as after `chancery init` and `chancery serve`.
    pub async fn open(cast: Cast, root: &Path, listen: Option<SocketAddr>) -> anyhow::Result<Self> {
        let listen = free_port(listen)?;
        let base = format!("http://localhost:{}", listen.port());
        let officers: Vec<&Member> = cast
            .people
            .iter()
            .filter(|person| person.roles.contains(&chancery_desk::act::Role::SecurityOfficer))
            .collect();
        let answers = Answers {
            name: cast.desk.clone(),
            host: "localhost".into(),
            address: base.clone(),
            scheme: "neutral".into(),
            officers: officers.iter().map(|officer| titled(officer)).collect(),
            custodians: cast.custodians().map(titled).collect(),
            needed: Some(cast.custodians_needed),
            ..Answers::default()
        };
        let founding = answers.founding(now_ms())?;
        let desk = root.join("desk");
        let made: Made = make(&founding, &desk, &root.join("officers"), |_| {}).await?;
        let config = Config {
            folder: desk,
            listen,
            host: "localhost".into(),
            line: LineProtection::Plain,
            limits: Limits::default(),
        };
        let server = running::start(config).await?;
        let mut stage = Self {
            root: root.to_owned(),
            base,
            people: BTreeMap::new(),
            offices: BTreeMap::new(),
            counterparts: BTreeMap::new(),
            devices: BTreeMap::new(),
            tasks: Vec::new(),
            server,
            cast,
        };
        for officer in &made.officers {
            let key = stage.key_of(&officer.name)?;
            stage.people.insert(key.clone(), officer.person);
            stage.start(&key, &officer.folder)?;
        }
        stage.learn_ids().await?;
        Ok(stage)
    }

    fn key_of(&self, name: &str) -> anyhow::Result<String> {
        let member = self.cast.people.iter().find(|member| member.name == name);
        Ok(member.ok_or_else(|| anyhow!("nobody in the cast is called {name:?}"))?.key.clone())
    }

    fn start(&mut self, key: &str, folder: &Path) -> anyhow::Result<()> {
        let (folder, identity) = Folder::open(folder, None)?;
        let (device, task) = Device::start(folder, identity)?;
        self.devices.insert(key.to_owned(), device);
        self.tasks.push(task);
        Ok(())
    }

    /// Custodians and offices were made with the desk: their ids are in its log.
    async fn learn_ids(&mut self) -> anyhow::Result<()> {
        let officer = self.officer()?.clone();
        timeout(SETTLE, officer.until(is_settled)).await.context("the new desk did not settle")??;
        let known = officer.with(|participant, _| {
            let names: Vec<_> = people(participant).into_iter().map(|line| (line.name, line.id)).collect();
            let offices: Vec<_> = participant.ledger().trust().map_or_else(Vec::new, |trust| {
                trust.offices().iter().map(|(id, office)| (office.purpose, *id)).collect()
            });
            (names, offices)
        });
        let (names, offices) = known.await?;
        for (name, id) in names {
            if let Ok(key) = self.key_of(&name) {
                self.people.insert(key, id);
            }
        }
        for (purpose, id) in offices {
            if let Some(office) = self.cast.offices.iter().find(|office| office.purpose == purpose) {
                self.offices.insert(office.key.clone(), id);
            }
        }
        Ok(())
    }

    /// The first security officer's device.
    pub fn officer(&self) -> anyhow::Result<&Device> {
        let officer = self.cast.people.iter().find(|member| {
            member.roles.contains(&chancery_desk::act::Role::SecurityOfficer)
                && self.devices.contains_key(&member.key)
        });
        self.device(&officer.ok_or_else(|| anyhow!("the cast has no security officer"))?.key)
    }

    /// Somebody's device.
    pub fn device(&self, key: &str) -> anyhow::Result<&Device> {
        self.devices.get(key).ok_or_else(|| anyhow!("{key:?} has no device"))
    }

    /// Somebody's name.
    pub fn name(&self, key: &str) -> String {
        let person = self.cast.person(key).map(|person| person.name.clone());
        let far = || self.cast.counterpart(key).map(|far| far.profile.name.clone());
        person.or_else(far).unwrap_or_else(|| key.to_owned())
    }

    /// The directory's vault, for names.
    fn directory(&self) -> anyhow::Result<Vault> {
        Ok(Vault::Office(self.office("directory")?))
    }

    /// An office by short name.
    pub fn office(&self, key: &str) -> anyhow::Result<OfficeId> {
        self.offices.get(key).copied().ok_or_else(|| anyhow!("no office {key:?}"))
    }

    /// A person by short name.
    pub fn person(&self, key: &str) -> anyhow::Result<PersonId> {
        self.people.get(key).copied().ok_or_else(|| anyhow!("nobody is called {key:?}"))
    }

    /// Everybody who has no device yet joins: added, described, in their offices, invited by link, approved.
    pub async fn bring_in(&mut self, mut say: impl FnMut(&str)) -> anyhow::Result<()> {
        let officer = self.officer()?.clone();
        self.make_other_offices(&officer).await?;
        let newcomers: Vec<Member> = self
            .cast
            .people
            .iter()
            .filter(|member| !self.devices.contains_key(&member.key))
            .cloned()
            .collect();
        for member in newcomers {
            self.join(&officer, &member).await?;
            let words = self.enrol(&officer, &member.key).await?;
            say(&format!("{} joins; words compared: {}", titled(&member), words.join(" ")));
        }
        for device in self.devices.values() {
            timeout(SETTLE, device.until(is_settled)).await.context("the vaults did not settle")??;
        }
        Ok(())
    }

    async fn make_other_offices(&mut self, officer: &Device) -> anyhow::Result<()> {
        for office in self.cast.offices.clone() {
            if office.purpose != OfficePurpose::Other {
                continue;
            }
            let id = OfficeId(officer.with(|participant, _| participant.draw_id()).await?);
            officer
                .act(Deed::bare(Scope::Trust, Act::OfficeMade { office: id, purpose: office.purpose }))
                .await?;
            let body = Body::Office(OfficeProfile { name: office.name.clone() });
            officer.act(self.described(Act::OfficeDescribed { office: id }, body)?).await?;
            self.offices.insert(office.key, id);
        }
        Ok(())
    }

    fn described(&self, act: Act, body: Body) -> anyhow::Result<Deed> {
        Ok(Deed::Say { scope: Scope::Trust, act, words: vec![Words { vault: self.directory()?, body }] })
    }

    async fn join(&mut self, officer: &Device, member: &Member) -> anyhow::Result<()> {
        let person = match self.people.get(&member.key) {
            Some(person) => *person,
            None => {
                let person = PersonId(officer.with(|participant, _| participant.draw_id()).await?);
                self.people.insert(member.key.clone(), person);
                let roles = member.roles.clone();
                officer.act(Deed::bare(Scope::Trust, Act::PersonAdded { person, roles })).await?;
                let profile = PersonProfile {
                    name: member.name.clone(),
                    title: member.title.clone(),
                    notices_to: String::new(),
                };
                officer.act(self.described(Act::PersonDescribed { person }, Body::Person(profile))?).await?;
                person
            }
        };
        let offices = self.cast.offices.iter().filter(|office| office.members.contains(&member.key));
        for office in offices {
            let office = self.office(&office.key)?;
            officer.act(Deed::bare(Scope::Trust, Act::OfficeMemberAdded { office, person })).await?;
        }
        Ok(())
    }

    /// A link, a knock, words compared on both sides, an approval: over the real socket.
    async fn enrol(&mut self, officer: &Device, key: &str) -> anyhow::Result<Vec<&'static str>> {
        let person = self.person(key)?;
        let link = self.link(officer, person).await?;
        let folder = self.root.join("devices").join(key);
        let (tell, told) = tokio::sync::oneshot::channel();
        let mut tell = Some(tell);
        let heard = move |words| {
            if let Some(tell) = tell.take() {
                let _nobody_listens = tell.send(words).is_err();
            }
        };
        let place = folder.clone();
        let enrolment = tokio::spawn(async move { enrol(&link, &place, None, heard).await });
        let words = told.await.map_err(|_| anyhow!("{key}'s device was turned away"))?;
        let waits = move |participant: &chancery_participant::participant::Participant| {
            participant.waiting_devices().iter().any(|device| device.person == person && device.proved)
        };
        timeout(SETTLE, officer.until(waits)).await.context("the knock did not reach the officer")??;
        let approved = officer.with(move |participant, now| {
            let waiting = participant.waiting_devices();
            let waiting = waiting.iter().find(|device| device.person == person && device.proved)?;
            (waiting.words == words).then_some(())?;
            participant.approve(now, waiting.device).ok()
        });
        approved.await?.ok_or_else(|| anyhow!("the words on {key}'s device and the officer's differ"))?;
        enrolment.await??;
        self.start(key, &folder)?;
        self.device(key)?.caught_up().await?;
        Ok(words.to_vec())
    }

    /// A fresh link for one more device of a person.
    pub async fn link(&self, officer: &Device, person: PersonId) -> anyhow::Result<String> {
        let base = self.base.clone();
        let invited =
            officer.with(move |participant, now| participant.invite(now, person, &base, None)).await?;
        let (_, link) = invited?;
        let text = link.text().to_string();
        timeout(SETTLE, officer.until(is_settled)).await.context("the invitation was not logged")??;
        Ok(text)
    }

    /// The counterparts go into the directory.
    pub async fn meet_counterparts(&mut self, by: &str) -> anyhow::Result<()> {
        let device = self.device(by)?.clone();
        for far in self.cast.counterparts.clone() {
            let counterpart = CounterpartId(device.with(|participant, _| participant.draw_id()).await?);
            let body = Body::Counterpart(far.profile);
            device.act(self.described(Act::CounterpartAdded { counterpart }, body)?).await?;
            self.counterparts.insert(far.key, counterpart);
        }
        Ok(())
    }

    /// Waits until everybody's device has opened all that it reads.
    pub async fn settle(&self) -> anyhow::Result<()> {
        for device in self.devices.values() {
            timeout(SETTLE, device.until(is_settled)).await.context("a device did not settle")??;
        }
        Ok(())
    }

    /// Everybody's alarms: none, if all went well.
    pub async fn alarms(&self) -> Result<Vec<String>, RunError> {
        let mut alarms = Vec::new();
        for (key, device) in &self.devices {
            let name = self.name(key);
            let of_one = device
                .with(|participant, _| participant.alarms().map(ToString::to_string).collect::<Vec<_>>());
            alarms.extend(of_one.await?.into_iter().map(|alarm| format!("{name}: {alarm}")));
        }
        Ok(alarms)
    }

    /// The devices stop; the server stays.
    pub async fn dismiss(&mut self) -> anyhow::Result<()> {
        for device in self.devices.values() {
            device.stop().await;
        }
        for task in self.tasks.drain(..) {
            task.await??;
        }
        self.devices.clear();
        Ok(())
    }

    /// The server's folder.
    pub fn desk(&self) -> PathBuf {
        self.root.join("desk")
    }

    /// The server ends.
    pub async fn close(self) -> anyhow::Result<()> {
        Ok(self.server.stop().await?)
    }
}
