//! Whatever is changed in a chain is found, and nothing else is.

use super::*;
use serde_json::json;

const TENANT: Uuid = Uuid::from_u128(0x7e);
const ROWS: u64 = 9;

/// Random numbers that are the same in every run (xorshift64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    fn flip(&mut self, bytes: &mut [u8]) {
        let at = self.below(bytes.len());
        bytes[at] ^= 1 << self.below(8);
    }

    fn change(&mut self, text: &mut String) {
        if text.is_empty() || self.below(2) == 0 {
            text.push(['a', ' ', 'é', '\u{0}'][self.below(4)]);
        } else {
            text.pop();
        }
    }

    fn change_id(&mut self, id: &mut Uuid) {
        *id = Uuid::from_u128(id.as_u128() ^ (1 << self.below(128)));
    }
}

#[derive(Clone, PartialEq, Debug)]
struct Chain {
    links: Vec<Link>,
    head: Option<Head>,
}

impl Chain {
    /// Every kind of row: with and without a person, before, after; two that were erased.
    fn whole() -> Self {
        let mut links: Vec<Link> = (1..=ROWS).map(row).collect();
        links[7].action = ERASED.into();
        links[7].what = What::Kept {
            salt: [7; 16],
            label: "1003".into(),
            before: None,
            after: Some(json!({"audit": {"who": [[3, 3]], "what": [[2, 3]]}})),
        };
        for seq in [1, 2] {
            links[seq].what = What::Erased {
                digest: links[seq].what.digest(),
            };
        }
        links[2].who = Who::Erased {
            digest: links[2].who.digest(),
        };
        let mut chain = Self { links, head: None };
        chain.forge_from(0);
        chain
    }

    /// Hashes anew from a row on, as somebody would who can write everything.
    fn forge_from(&mut self, first: usize) {
        let mut previous = match first {
            0 => START,
            n => self.links[n - 1].hash,
        };
        for link in &mut self.links[first..] {
            link.hash = link.expected_hash(TENANT, &previous);
            previous = link.hash;
        }
        self.head = Some(Head {
            seq: self.links.len() as u64,
            hash: previous,
        });
    }

    fn verify(&self, checkpoints: &[Checkpoint], keys: &PublicKeys) -> Report {
        let mut verifier = Verifier::new(TENANT);
        for checkpoint in checkpoints {
            verifier.checkpoint(checkpoint.clone(), keys);
        }
        self.links.iter().for_each(|link| verifier.push(link));
        verifier.finish(self.head)
    }

    fn lines(&self) -> Vec<Line> {
        let header = Header {
            equipage_audit: VERSION,
            tenant: TENANT,
            title: "Nuage Libre".into(),
            made_at: "2026-06-01T12:00:00Z".parse().unwrap(),
        };
        let rows = self.links.iter().map(|l| Line::Row(Box::new(l.clone())));
        let mut lines = vec![Line::Header(header)];
        lines.extend(rows);
        lines.extend(self.head.map(Line::Head));
        lines
    }

    fn file(&self) -> String {
        let lines = self.lines();
        lines.iter().map(|l| write_line(l).unwrap()).collect()
    }
}

fn row(seq: u64) -> Link {
    let minutes = chrono::TimeDelta::minutes(seq as i64);
    let begun: DateTime<Utc> = "2026-06-01T12:00:00.000123Z".parse().unwrap();
    Link {
        seq,
        id: Uuid::from_u128(u128::from(seq) << 64),
        at: begun + minutes,
        actor: (!seq.is_multiple_of(3)).then_some(Uuid::from_u128(5)),
        via: "web".into(),
        action: "changed".into(),
        kind: "party".into(),
        object: Uuid::from_u128(9),
        who: Who::Kept {
            salt: [seq as u8; 16],
            name: "Inès".into(),
            address: "127.0.0.1".into(),
        },
        what: What::Kept {
            salt: [seq as u8 + 100; 16],
            label: "Léa Benamar".into(),
            before: seq
                .is_multiple_of(2)
                .then(|| json!({"b": [1, "x", null], "a": {"n": seq}})),
            after: (seq % 4 != 1).then(|| json!({"name": "Léa", "cents": -3000, "ok": true})),
        },
        hash: START,
    }
}

/// Changes something, as somebody would who wants to hide it.
fn manipulate(chain: &mut Chain, random: &mut Random) {
    let len = chain.links.len();
    let at = random.below(len);
    match random.below(10) {
        0 => {
            chain.links.remove(at);
        }
        1 => chain.links.swap(at, (at + 1 + random.below(len - 1)) % len),
        2 => {
            let copy = chain.links[at].clone();
            chain.links.insert(random.below(len + 1), copy);
        }
        3 => chain.links.truncate(at),
        4 => match &mut chain.head {
            head if random.below(8) == 0 => *head = None,
            Some(head) if random.below(2) == 0 => head.seq ^= 1 << random.below(8),
            Some(head) => random.flip(&mut head.hash),
            None => {}
        },
        5 => {
            // Emptied as an erasure would, and nothing says so.
            let link = &mut chain.links[at];
            match random.below(2) {
                0 => {
                    link.who = Who::Erased {
                        digest: link.who.digest(),
                    }
                }
                _ => {
                    link.what = What::Erased {
                        digest: link.what.digest(),
                    }
                }
            }
        }
        _ => change_a_field(&mut chain.links[at], random),
    }
    // One who cuts or moves rows would number them anew.
    if random.below(2) == 0 {
        for (n, link) in chain.links.iter_mut().enumerate() {
            link.seq = n as u64 + 1;
        }
        if let Some(head) = &mut chain.head
            && random.below(2) == 0
        {
            head.seq = chain.links.len() as u64;
        }
    }
}

fn change_a_field(link: &mut Link, random: &mut Random) {
    match random.below(12) {
        0 => link.seq ^= 1 << random.below(16),
        1 => random.change_id(&mut link.id),
        2 => link.at += chrono::TimeDelta::nanoseconds(1 << random.below(60)),
        3 => match &mut link.actor {
            Some(actor) if random.below(2) == 0 => random.change_id(actor),
            Some(_) => link.actor = None,
            None => link.actor = Some(Uuid::nil()),
        },
        4 => random.change(&mut link.via),
        5 => random.change(&mut link.action),
        6 => random.change(&mut link.kind),
        7 => random.change_id(&mut link.object),
        8 => random.flip(&mut link.hash),
        9 => match &mut link.who {
            Who::Kept { salt, .. } if random.below(3) == 0 => random.flip(salt),
            Who::Kept { name, .. } if random.below(2) == 0 => random.change(name),
            Who::Kept { address, .. } => random.change(address),
            Who::Erased { digest } => random.flip(digest),
        },
        _ => match &mut link.what {
            What::Kept { salt, .. } if random.below(4) == 0 => random.flip(salt),
            What::Kept { label, .. } if random.below(3) == 0 => random.change(label),
            What::Kept { before, after, .. } => {
                let object = if random.below(2) == 0 { before } else { after };
                match object {
                    Some(fields) => change_json(fields, random),
                    None => *object = Some(json!({})),
                }
            }
            What::Erased { digest } => random.flip(digest),
        },
    }
}

fn change_json(value: &mut Value, random: &mut Random) {
    match value {
        Value::Object(fields) if !fields.is_empty() && random.below(4) > 0 => {
            let at = random.below(fields.len());
            if let Some(field) = fields.values_mut().nth(at) {
                change_json(field, random);
            }
        }
        Value::Object(fields) => {
            fields.insert("added".into(), Value::Null);
        }
        Value::Array(items) if random.below(2) == 0 => items.push(json!(0)),
        Value::Array(items) => items.reverse(),
        Value::String(text) => random.change(text),
        Value::Bool(yes) => *yes = !*yes,
        Value::Number(_) => *value = json!(random.next()),
        Value::Null => *value = json!(""),
    }
}

#[test]
fn a_whole_chain_is_good() {
    let report = Chain::whole().verify(&[], &PublicKeys::default());
    assert_eq!(report.faults, []);
    assert_eq!((report.rows, report.erased), (ROWS, 2));
}

#[test]
fn a_row_that_is_missing_is_named() {
    let mut chain = Chain::whole();
    chain.links.remove(4);
    let report = chain.verify(&[], &PublicKeys::default());
    assert_eq!(report.faults[0], Fault::Missing { seq: 5, found: 6 });
}

#[test]
fn an_empty_chain_is_good() {
    let empty = Chain {
        links: vec![],
        head: Some(Head::EMPTY),
    };
    assert!(empty.verify(&[], &PublicKeys::default()).is_good());
}

#[test]
fn a_hundred_thousand_manipulations_are_all_found() {
    let whole = Chain::whole();
    let mut random = Random(0x5eed);
    let mut done = 0;
    while done < 100_000 {
        let mut chain = whole.clone();
        for _ in 0..=random.below(3) {
            if chain.links.len() > 1 {
                manipulate(&mut chain, &mut random);
            }
        }
        if chain == whole {
            continue;
        }
        done += 1;
        let report = chain.verify(&[], &PublicKeys::default());
        assert!(
            !report.is_good(),
            "manipulation {done} was not found: {chain:#?}"
        );
    }
}

#[test]
fn a_chain_that_was_written_anew_is_found_by_a_checkpoint_only() {
    let whole = Chain::whole();
    let signer = Signer::parse(&format!("k1:{}", "11".repeat(32)))
        .unwrap()
        .unwrap();
    let keys = PublicKeys::parse(&signer.public_keys().lines()).unwrap();
    let head = |n: usize| Head {
        seq: n as u64,
        hash: whole.links[n - 1].hash,
    };
    let at = "2026-06-02T00:00:00Z".parse().unwrap();
    let kept: Vec<_> = [4, 9].map(|n| signer.sign(TENANT, head(n), at)).to_vec();
    let good = whole.verify(&kept, &keys);
    assert_eq!(
        (good.faults_total, good.checkpoints, good.signed),
        (0, 2, 2)
    );

    let mut forged = whole.clone();
    forged.links[5].via = "cli".into();
    forged.forge_from(5);
    assert!(forged.verify(&[], &keys).is_good());
    assert_eq!(
        forged.verify(&kept, &keys).faults,
        [Fault::AgainstCheckpoint { seq: 9 }]
    );

    let mut cut = whole.clone();
    cut.links.truncate(8);
    cut.forge_from(0);
    assert!(cut.verify(&[], &keys).is_good());
    assert_eq!(
        cut.verify(&kept, &keys).faults,
        [Fault::AgainstCheckpoint { seq: 9 }]
    );
}

#[test]
fn a_checkpoint_that_somebody_else_signed_is_refused() {
    let whole = Chain::whole();
    let signer = |digits: &str| {
        Signer::parse(&format!("k1:{}", digits.repeat(32)))
            .unwrap()
            .unwrap()
    };
    let keys = signer("11").public_keys().clone();
    let at = "2026-06-02T00:00:00Z".parse().unwrap();
    let bad = [Fault::BadCheckpoint { seq: ROWS }];
    let foreign = signer("22").sign(TENANT, whole.head.unwrap(), at);
    assert_eq!(whole.verify(&[foreign], &keys).faults, bad);
    let own = signer("11").sign(TENANT, whole.head.unwrap(), at);
    let other_tenant = signer("11").sign(Uuid::nil(), whole.head.unwrap(), at);
    assert_eq!(whole.verify(&[other_tenant], &keys).faults, bad);
    let later = Checkpoint {
        at: "2026-06-03T00:00:00Z".parse().unwrap(),
        ..own.clone()
    };
    assert_eq!(whole.verify(&[later], &keys).faults, bad);
    assert!(whole.verify(&[own], &keys).is_good());
}

#[test]
fn what_an_older_key_of_the_file_signed_stays_good() {
    let whole = Chain::whole();
    let signer = |text: &str| Signer::parse(text).unwrap().unwrap();
    let line = |name: &str, digits: &str| format!("{name}:{}\n", digits.repeat(32));
    let at = "2026-06-02T00:00:00Z".parse().unwrap();
    let old = signer(&line("old", "11")).sign(TENANT, whole.head.unwrap(), at);
    let both = signer(&(line("new", "22") + &line("old", "11")));
    let new = both.sign(TENANT, whole.head.unwrap(), at);
    assert_eq!(new.key, "new");
    let report = whole.verify(&[old.clone(), new], both.public_keys());
    assert_eq!((report.faults, report.signed), (vec![], 2));
    let only_new = signer(&line("new", "22"));
    assert!(!whole.verify(&[old], only_new.public_keys()).is_good());
}

#[test]
fn a_file_says_what_the_chain_says() {
    let whole = Chain::whole();
    let (header, report) =
        verify_file(whole.file().as_bytes(), vec![], &PublicKeys::default()).unwrap();
    assert_eq!(header.title, "Nuage Libre");
    assert_eq!(report, whole.verify(&[], &PublicKeys::default()));
}

#[test]
fn a_byte_that_changes_what_a_file_says_is_found() {
    let whole = Chain::whole();
    let (file, lines) = (whole.file(), whole.lines());
    let begins = file.find('\n').unwrap() + 1;
    let mut random = Random(0xf11e);
    let (mut changed, mut same) = (0, 0);
    for _ in 0..3_000 {
        let mut bytes = file.clone().into_bytes();
        let at = begins + random.below(bytes.len() - begins);
        bytes[at] ^= 1 << random.below(8);
        let text = String::from_utf8_lossy(&bytes);
        let read: Vec<_> = text.lines().filter_map(|l| read_line(l).ok()).collect();
        let found = verify_file(bytes.as_slice(), vec![], &PublicKeys::default());
        let good = found.is_ok_and(|(_, report)| report.is_good());
        // A digit of a hash may be written in capitals.
        assert_eq!(good, read == lines, "byte {at}");
        changed += usize::from(!good);
        same += usize::from(good);
    }
    assert!(changed > 2_500 && same > 10, "{changed} {same}");
}

#[test]
fn what_is_no_audit_is_refused() {
    let header = Chain::whole().file().lines().next().unwrap().to_owned();
    let newer = header.replace("\"equipage_audit\":1", "\"equipage_audit\":2");
    assert_ne!(header, newer);
    for text in ["", "{}", "\u{feff}", "a,b\n1,2\n", &newer] {
        assert!(verify_file(text.as_bytes(), vec![], &PublicKeys::default()).is_err());
    }
}

#[test]
fn files_of_keys_say_what_is_wrong_and_not_what_they_hold() {
    let key = "11".repeat(32);
    for (text, error) in [
        ("secret".to_owned(), KeyError::NotAKey(1)),
        (format!("# one\na:{key}\nb:{key}00"), KeyError::NotAKey(3)),
        (format!("a:{key}\na:{key}"), KeyError::SameName(2)),
        (format!("é:{key}"), KeyError::NotAKey(1)),
    ] {
        assert_eq!(Signer::parse(&text).unwrap_err(), error);
        assert!(!error.to_string().contains("secret"));
    }
    assert!(Signer::parse("\n# none\n").unwrap().is_none());
    let signer = Signer::parse(&format!("a:{key}")).unwrap().unwrap();
    assert!(!format!("{signer:?}").contains("11"));
}

proptest::proptest! {
    #[test]
    fn runs_hold_their_places_and_no_others(places in proptest::collection::btree_set(0_u64..60, 0..40)) {
        let runs = Erasure::runs(places.iter().copied());
        let unrolled: Vec<_> = runs.iter().flat_map(|(a, b)| *a..=*b).collect();
        proptest::prop_assert_eq!(unrolled, places.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in ".*") {
        let _ = verify_file(text.as_bytes(), vec![], &PublicKeys::default());
        let _ = read_line(&text);
    }
}
