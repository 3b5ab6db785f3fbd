//! Draws commands from a seed. Most of them make sense; the rest is what people and
//! machines do wrong.

use super::command::*;
use super::engine::ACTORS;

/// SplitMix64 (Steele, Lea, Flood, 2014): the same numbers from the same seed, everywhere.
pub struct Draw(u64);

impl Draw {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % n as u64).unwrap()
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of a list; the first of it are the sensible ones, and are likelier.
    fn of<T: Copy>(&mut self, all: &[T], sensible: usize) -> T {
        let n = if self.chance(85) { sensible } else { all.len() };
        all[self.below(n)]
    }

    fn index(&mut self, len: usize, sensible: usize) -> usize {
        let n = if self.chance(85) { sensible } else { len };
        self.below(n)
    }

    /// A whole sequence.
    pub fn steps(&mut self, count: usize) -> Vec<Step> {
        let mut made = Made::default();
        let mut steps: Vec<Step> = Vec::with_capacity(count);
        for _ in 0..count {
            let again = !steps.is_empty() && self.chance(6);
            let step = if again {
                // What was sent is sent once more, sometimes by somebody else.
                let recent = steps.len().min(12);
                let mut step = steps[steps.len() - 1 - self.below(recent)].clone();
                if self.chance(10) {
                    step.actor = self.below(ACTORS.len());
                }
                step
            } else {
                self.step(&mut made)
            };
            steps.push(step);
        }
        steps
    }

    fn step(&mut self, made: &mut Made) -> Step {
        let roll = self.below(100);
        let (likely, command) = match roll {
            0..8 => (
                0,
                Command::AddParty {
                    who: self.who(),
                    key: self.key(made),
                    refuse_doubles: self.chance(40),
                },
            ),
            8..12 => (
                0,
                Command::SaveParty {
                    party: self.thing(made.parties),
                    who: self.who(),
                    version: self.version(),
                },
            ),
            12..17 => (
                0,
                Command::AddMember {
                    party: self.thing(made.parties),
                    since: self.since(),
                    key: self.key(made),
                },
            ),
            17..22 => (
                0,
                Command::Register {
                    who: self.who(),
                    since: self.since(),
                    key: self.key(made),
                    refuse_doubles: self.chance(40),
                },
            ),
            22..25 => (
                0,
                Command::SaveMember {
                    member: self.thing(made.members),
                    since: self.since(),
                    version: self.version(),
                },
            ),
            25..28 => (
                0,
                Command::AddContact {
                    organisation: self.thing(made.parties),
                    person: self.thing(made.parties),
                    role: self.of(&["", "trésorier", "a\0b"], 2),
                },
            ),
            28..29 => (
                0,
                Command::RemoveContact {
                    organisation: self.thing(made.parties),
                    person: self.thing(made.parties),
                },
            ),
            29..46 => (
                self.of(&[0, 1], 2),
                Command::AddPayment {
                    pay: self.pay(made),
                    key: self.key(made),
                },
            ),
            46..52 => (
                0,
                Command::SavePayment {
                    payment: self.thing(made.payments),
                    pay: self.pay(made),
                    version: self.version(),
                },
            ),
            52..55 => (
                0,
                Command::DeletePayment {
                    payment: self.thing(made.payments),
                    version: self.version(),
                },
            ),
            55..68 => {
                let n = if self.chance(5) { 0 } else { 1 + self.below(5) };
                let payments = (0..n).map(|_| self.thing(made.payments)).collect();
                (
                    self.of(&[1, 2], 2),
                    Command::Validate {
                        payments,
                        key: self.key(made),
                    },
                )
            }
            68..75 => (
                self.of(&[0, 1], 2),
                Command::Reverse {
                    payment: self.thing(made.payments),
                    reason: self.of(&["revenu", " "], 1),
                    key: self.key(made),
                },
            ),
            75..77 => (
                3,
                Command::SetValidation {
                    anyone: self.chance(40),
                    version: self.version(),
                },
            ),
            77..79 => (0, Command::Wait(1 + self.next() % 60)),
            79..82 => (
                0,
                Command::AddTerms {
                    member: self.thing(made.members),
                    terms: TermsTyped {
                        from_on: self.of(TERM_DAYS, 4),
                        amount: self.of(TERM_AMOUNTS, 3),
                        reason: self.of(TERM_REASONS, 1),
                    },
                },
            ),
            82 => (
                0,
                Command::RemoveTerms {
                    member: self.thing(made.members),
                    from_on: self.of(TERM_DAYS, 4),
                },
            ),
            _ => (self.of(&[0, 1, 3, 4], 4), Command::Ask(self.question(made))),
        };
        match &command {
            Command::AddParty { .. } => made.parties += 1,
            Command::AddMember { .. } => made.members += 1,
            Command::Register { .. } => {
                made.parties += 1;
                made.members += 1;
            }
            Command::AddPayment { .. } | Command::Reverse { .. } => made.payments += 1,
            _ => {}
        }
        let actor = if self.chance(85) {
            likely
        } else {
            self.below(ACTORS.len())
        };
        Step { actor, command }
    }

    /// Something that was made lately, mostly; sometimes something that is not there.
    fn thing(&mut self, made: usize) -> usize {
        if self.chance(3) {
            return made + 100;
        }
        // Not everything that was tried was made: less than half.
        let likely = made * 2 / 5 + 1;
        match self.chance(50) {
            true => likely - 1 - self.below(likely.min(6)),
            false => self.below(likely),
        }
    }

    fn key(&mut self, made: &mut Made) -> Key {
        match self.below(100) {
            0..2 => Key::Nonsense,
            2..5 => Key::Number(1 + self.below(made.keys + 1) as u128),
            _ => {
                made.keys += 1;
                Key::Number(made.keys as u128)
            }
        }
    }

    fn version(&mut self) -> Version {
        self.of(&[Version::Present, Version::Past, Version::Nonsense], 1)
    }

    fn who(&mut self) -> Who {
        Who {
            kind: self.of(KINDS, 3),
            given_name: self.of(GIVEN_NAMES, 4),
            name: self.of(NAMES, 3),
            email: self.of(EMAILS, 4),
        }
    }

    fn since(&mut self) -> Since {
        self.of(SINCE, 3)
    }

    fn pay(&mut self, made: &Made) -> Pay {
        let member = self.thing(made.members);
        let whose = [
            Whose::Id(member),
            Whose::Number(member),
            Whose::NumberAndName(member),
            Whose::WrongDigit(member),
            Whose::Nobody,
            Whose::Empty,
        ];
        Pay {
            whose: self.of(&whose, 3),
            amount: self.index(AMOUNTS.len(), 3),
            method: self.of(METHODS, 5),
            received_on: self.index(days().len(), 3),
            period: self.index(periods().len(), 6),
            note: self.of(NOTES, 3),
            label: self.of(LABELS, 3),
        }
    }

    fn question(&mut self, made: &Made) -> Question {
        match self.below(16) {
            0 => Question::Party(self.thing(made.parties)),
            1 => Question::Contacts(self.thing(made.parties)),
            2 => Question::Member(self.thing(made.members)),
            3 => Question::Payment(self.thing(made.payments)),
            4..6 => Question::Payments {
                validated: [None, Some(false), Some(true)][self.below(3)],
                by: if self.chance(20) {
                    Some(self.below(5))
                } else {
                    None
                },
                member: if self.chance(30) {
                    Some(self.thing(made.members))
                } else {
                    None
                },
                until: if self.chance(20) {
                    Some("2026-05-15")
                } else {
                    None
                },
            },
            6 => Question::Queue,
            7 => Question::Waiting,
            8 => Question::OfMember(self.thing(made.members)),
            9..11 => Question::OwnPayments(self.thing(made.members)),
            11..13 => Question::Members {
                standing: [
                    None,
                    Some("in_order"),
                    Some("late"),
                    Some("never_paid"),
                    Some("left"),
                ][self.below(5)],
                everybody: self.chance(30),
            },
            13 => Question::Counts,
            14 => Question::Receipt(self.thing(made.payments)),
            _ => [Question::Receipts(2026), Question::AuditRows][self.below(2)].clone(),
        }
    }
}

/// How much was tried to be made so far.
#[derive(Default)]
struct Made {
    parties: usize,
    members: usize,
    payments: usize,
    keys: usize,
}
