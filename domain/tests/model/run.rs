//! Runs sequences, and makes what fails short.

use super::command::{Command, Question, Step};
use super::draw::Draw;
use super::engine::{Engine, OPERATOR, REFUSED};
use super::model::Model;
use domain::context::Clock;
use domain::db::Db;
use domain::db::testing::open_postgres;
use domain::kernel::{Locale, Slug};
use domain::portal;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Commands where nobody says how many: together a hundred thousand.
const COMMANDS_SQLITE: usize = 60_000;
const COMMANDS_POSTGRES: usize = 40_000;
/// Commands of one sequence.
const SEQUENCE: usize = 250;
/// How often a failing sequence is run again to make it shorter.
const SHRINK_RUNS: usize = 150;

/// Where an engine and the model part.
#[derive(Debug)]
struct Difference {
    at: usize,
    asked: String,
    model: String,
    engine: String,
}

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{name}={text} is no number")),
    )
}

/// All that there is to see, asked in the end.
fn look_at_everything(steps: &[Step]) -> Vec<Question> {
    let mut questions = vec![
        Question::Queue,
        Question::Counts,
        Question::AuditRows,
        Question::Waiting,
    ];
    let standings = [
        None,
        Some("in_order"),
        Some("late"),
        Some("never_paid"),
        Some("left"),
    ];
    questions.extend(standings.map(|standing| Question::Members {
        standing,
        everybody: standing.is_none(),
    }));
    questions.extend((2026..2040).map(Question::Receipts));
    let made = |what: fn(&Command) -> bool| steps.iter().filter(|s| what(&s.command)).count();
    let parties = 5 + made(|c| matches!(c, Command::AddParty { .. } | Command::Register { .. }));
    let members = made(|c| matches!(c, Command::AddMember { .. } | Command::Register { .. }));
    let payments = made(|c| matches!(c, Command::AddPayment { .. } | Command::Reverse { .. }));
    questions.extend((0..parties).flat_map(|n| [Question::Party(n), Question::Contacts(n)]));
    questions.extend((0..members).flat_map(|n| [Question::Member(n), Question::OfMember(n)]));
    questions.extend((0..payments).flat_map(|n| [Question::Payment(n), Question::Receipt(n)]));
    questions
}

/// How often each command was taken, and how often refused.
type Tally = BTreeMap<String, (usize, usize)>;

/// Runs a sequence on an engine and on the model, to the first difference.
async fn compare(db: &Db, steps: &[Step], tally: &mut Tally) -> Option<Difference> {
    let now = "2026-06-01T12:00:00Z".parse().unwrap();
    let slug = Slug::parse(&format!("t-{}", Uuid::now_v7().simple())).unwrap();
    let tenant = portal::create(db, &Clock::System, slug, "Nuage Libre", Locale::Fr)
        .await
        .unwrap();
    let mut model = Model::new(now);
    let mut engine = Engine::over(db.clone(), tenant.id, now).await;
    for (at, step) in steps.iter().enumerate() {
        let (said, expected) = (engine.step(step).await, model.step(step));
        let (taken, refused) = tally.entry(step.command.name()).or_default();
        *(if said.starts_with(REFUSED) {
            refused
        } else {
            taken
        }) += 1;
        if said != expected {
            return Some(Difference {
                at,
                asked: format!("{step:?}"),
                model: expected,
                engine: said,
            });
        }
    }
    let questions = look_at_everything(steps);
    for (question, said) in questions.iter().zip(engine.look(&questions).await) {
        let step = Step {
            actor: OPERATOR,
            command: Command::Ask(question.clone()),
        };
        let expected = model.step(&step);
        if said != expected {
            let asked = format!("in the end {question:?}");
            return Some(Difference {
                at: steps.len(),
                asked,
                model: expected,
                engine: said,
            });
        }
    }
    None
}

/// Leaves out what the difference does not need: first everything behind it, then pieces,
/// then single commands.
async fn shortest(db: &Db, mut steps: Vec<Step>, mut found: Difference) -> (Vec<Step>, Difference) {
    steps.truncate(found.at + 1);
    let mut runs = SHRINK_RUNS;
    let mut piece = steps.len() / 2;
    while piece > 0 {
        let mut at = 0;
        while at < steps.len() && runs > 0 {
            let mut fewer = steps.clone();
            fewer.drain(at..(at + piece).min(steps.len()));
            runs -= 1;
            match compare(db, &fewer, &mut Tally::new()).await {
                Some(difference) => {
                    fewer.truncate(difference.at + 1);
                    (steps, found) = (fewer, difference);
                }
                None => at += piece,
            }
        }
        piece /= 2;
    }
    (steps, found)
}

async fn prove(engine: &str, db: Db, commands: usize) {
    let count = number("EQUIPAGE_TEST_COMMANDS").map_or(commands, |n| usize::try_from(n).unwrap());
    let seed = number("EQUIPAGE_TEST_SEED").unwrap_or_else(|| u64::from(std::process::id()) << 20);
    println!("{engine}: {count} commands, seed {seed}");
    let begun = std::time::Instant::now();
    let (mut done, mut tally) = (0, Tally::new());
    for own in seed.. {
        if done >= count {
            break;
        }
        let steps = Draw::new(own).steps(SEQUENCE.min(count - done));
        done += steps.len();
        if let Some(found) = compare(&db, &steps, &mut tally).await {
            let (steps, found) = shortest(&db, steps, found).await;
            let list = steps
                .iter()
                .enumerate()
                .map(|(n, s)| format!("{n:3} actor {}: {:?}", s.actor, s.command));
            panic!(
                "{engine} and the model part; the shortest way there that was found:\n{}\n{}\n  the model: {}\n  {engine}: {}\nAgain: script/prove --commands {SEQUENCE} --seed {own}",
                list.collect::<Vec<_>>().join("\n"),
                found.asked,
                found.model,
                found.engine
            );
        }
    }
    println!(
        "{engine}: {done} commands in {:.1} s; taken and refused: {tally:?}",
        begun.elapsed().as_secs_f64()
    );
    // Who is always refused, or never, tries nothing.
    let one_sided = tally
        .iter()
        .filter(|(name, (taken, refused))| *taken == 0 || (*refused == 0 && *name != "Wait"));
    let one_sided: Vec<_> = one_sided.collect();
    assert!(count < 5000 || one_sided.is_empty(), "{one_sided:?}");
}

/// In memory, where the system has a place for that: what is tried here is what is
/// answered, not what outlives a power failure.
fn folder() -> tempfile::TempDir {
    let shm = std::path::Path::new("/dev/shm");
    let folder = if shm.is_dir() {
        tempfile::tempdir_in(shm)
    } else {
        tempfile::tempdir()
    };
    folder.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_commands_are_answered_as_the_rules_say_on_sqlite() {
    let folder = folder();
    let db = Db::open_sqlite(folder.path()).await.unwrap();
    prove("SQLite", db, COMMANDS_SQLITE).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_commands_are_answered_as_the_rules_say_on_postgresql() {
    let db = open_postgres().await.unwrap();
    prove("PostgreSQL", db, COMMANDS_POSTGRES).await;
}
