//! The data: an organisation of ten thousand members and one of a hundred thousand, each
//! with a payment that waits. They are made by the program's own commands and kept between
//! runs, as making the large one takes a minute.

use crate::fill::Fill;
use crate::load::Connection;
use crate::process::{self, Server, equipage};
use crate::{Plan, Result, http};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How a service sets the C library's allocator: see docs/configuration.md, "Memory".
const ALLOCATOR: [(&str, &str); 3] = [
    ("MALLOC_ARENA_MAX", "2"),
    ("MALLOC_MMAP_THRESHOLD_", "262144"),
    ("MALLOC_TRIM_THRESHOLD_", "1048576"),
];

/// The organisation's name in addresses.
pub const TENANT: &str = "bench";
/// Who signs in: in a crew with every right.
pub const LOGIN: &str = "claire";
/// Their password.
pub const PASSWORD: &str = "banc-de-mesure-1234";
/// The most rows of a file.
const ROWS_MAX: usize = 10_000;

const GIVEN: [&str; 16] = [
    "Léa", "Tom", "Claire", "Inès", "Nora", "Paul", "Jean", "Marie", "Luc", "Zoé", "Hugo", "Emma",
    "Louis", "Alice", "Rose", "Jules",
];
const FAMILY: [&str; 25] = [
    "Benamar",
    "Verhaegen",
    "Marchetti",
    "Carvalho",
    "Lindqvist",
    "Etcheverry",
    "Martin",
    "Bernard",
    "Dubois",
    "Thomas",
    "Robert",
    "Richard",
    "Petit",
    "Durand",
    "Leroy",
    "Moreau",
    "Simon",
    "Laurent",
    "Lefebvre",
    "Michel",
    "Garcia",
    "David",
    "Bertrand",
    "Roux",
    "Fournier",
];
const CITIES: [&str; 9] = [
    "Brest",
    "Lille",
    "Nantes",
    "Lyon",
    "Rennes",
    "Grenoble",
    "Paris",
    "Bordeaux",
    "Strasbourg",
];

/// A number that looks drawn, and is the same each time.
fn draw(n: usize, salt: u64) -> usize {
    let mut x = (n as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15)
        ^ salt.wrapping_mul(0xD6E8_FEB8_6659_FD93);
    x ^= x >> 32;
    x = x.wrapping_mul(0xD6E8_FEB8_6659_FD93);
    usize::try_from((x ^ (x >> 32)) >> 33).unwrap_or(0)
}

fn pick<'a>(from: &[&'a str], n: usize, salt: u64) -> &'a str {
    from.get(draw(n, salt) % from.len().max(1))
        .copied()
        .unwrap_or_default()
}

/// A file of members, each with what they paid.
pub fn file(from: usize, rows: usize) -> String {
    let mut text = "Numéro;Nom;Prénom;E-mail;Adresse;Code postal;Ville;Date d'inscription;Montant payé;Date de paiement;Début;Fin\n".to_owned();
    for n in from..from + rows {
        let (day, month, year) = (
            1 + draw(n, 1) % 28,
            1 + draw(n, 2) % 12,
            2022 + draw(n, 3) % 3,
        );
        let paid = format!("{day:02}/{month:02}/{year}");
        let _ = writeln!(
            text,
            "{};{}-{};{};m{n}@example.org;{} rue des Lilas;29{:03};{};{paid};30,00;{paid};{paid};{day:02}/{month:02}/{}",
            n + 1,
            pick(&FAMILY, n, 4),
            pick(&FAMILY, n, 5),
            pick(&GIVEN, n, 6),
            1 + draw(n, 7) % 99,
            draw(n, 8) % 1000,
            pick(&CITIES, n, 9),
            // Some are in order for long, the others are late.
            year + 1 + 10 * (draw(n, 10) % 2),
        );
    }
    text
}

/// A folder with an organisation of so many members; made where it is missing.
pub fn members(plan: &Plan, count: usize) -> Result<PathBuf> {
    let folder = plan.folder.join(format!("members-{count}"));
    if !folder.join("ready").exists() {
        eprintln!("bench: makes {count} members …");
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        make(plan, &folder, None, count)?;
        std::fs::write(folder.join("ready"), "")?;
    }
    process::run(equipage(&plan.program, &folder, None).arg("migrate"), "")?;
    Ok(folder)
}

/// Makes an organisation; gives how long the import of the last file took.
pub fn make(plan: &Plan, folder: &Path, database: Option<&str>, count: usize) -> Result<Duration> {
    std::fs::create_dir_all(folder)?;
    let command = || equipage(&plan.program, folder, database);
    process::run(command().arg("migrate"), "")?;
    process::run(command().args(["tenant", "create", TENANT]), "")?;
    let user = [
        "user",
        "create",
        LOGIN,
        "--tenant",
        TENANT,
        "--crew",
        "administration",
    ];
    process::run(command().args(user), &format!("{PASSWORD}\n"))?;
    let mut took = Duration::ZERO;
    for from in (0..count).step_by(ROWS_MAX) {
        let rows = ROWS_MAX.min(count - from);
        let path = folder.join("members.csv");
        std::fs::write(&path, file(from, rows))?;
        let name = path.to_string_lossy().into_owned();
        took = process::run(command().args(["import", "--tenant", TENANT, &name]), "")?;
    }
    Ok(took)
}

/// A copy, for what changes the data.
pub fn copy(of: &Path, name: &str) -> Result<PathBuf> {
    let to = of.with_file_name(name);
    if to.exists() {
        std::fs::remove_dir_all(&to)?;
    }
    std::fs::create_dir_all(to.join("tenants"))?;
    for folder in ["", "tenants"] {
        for entry in std::fs::read_dir(of.join(folder))? {
            let entry = entry?;
            if entry.path().is_file() {
                std::fs::copy(entry.path(), to.join(folder).join(entry.file_name()))?;
            }
        }
    }
    Ok(to)
}

/// A server over a folder.
pub fn serve(plan: &Plan, folder: &Path, database: Option<&str>) -> Result<Server> {
    Server::start(
        equipage(&plan.program, folder, database),
        |command, address| {
            command.args(["serve", "--listen", &address.to_string()]);
            command.envs(ALLOCATOR);
        },
    )
}

/// Signs in; gives the cookie.
pub fn sign_in(server: &Server) -> Result<String> {
    let form = format!("name={LOGIN}&password={PASSWORD}");
    let answer = Connection::open(server.address)?.ask(&http::post("/login", None, &form))?;
    let token = answer.cookie("session").ok_or("nobody is signed in")?;
    Ok(format!("session={token}"))
}

/// A folder with an organisation of so many members and more beside them; made where it is
/// missing.
pub fn filled(plan: &Plan, name: &str, count: usize, fill: Fill) -> Result<PathBuf> {
    let folder = plan.folder.join(name);
    if !folder.join("ready").exists() {
        let from = members(plan, count)?;
        eprintln!("bench: makes {name} …");
        // Its own mark is written when all is there.
        let _ = std::fs::remove_file(copy(&from, name)?.join("ready"));
        fill.run(&folder, None)?;
        std::fs::write(folder.join("ready"), "")?;
    }
    process::run(equipage(&plan.program, &folder, None).arg("migrate"), "")?;
    Ok(folder)
}
