//! Puts the browser's files into the server's program. `script/build-browser` leaves them in
//! `dist/assets` as NAME-HASH.EXT, each with a `.br` and a `.gz` beside it where that is smaller;
//! this writes a table of them (see `src/assets.rs`). Without them the table is empty, so that
//! the server side can be checked and tested without a browser build.

use std::{env, error::Error, fmt::Write as _, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    if env::var_os("CARGO_FEATURE_SSR").is_none() {
        return Ok(());
    }
    let dist = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../dist");
    // The folder, not a file in it: a missing file would make every build run this again.
    println!("cargo:rerun-if-changed={}", dist.display());
    let table = Path::new(&env::var("OUT_DIR")?).join("assets.rs");
    fs::write(table, render(&dist.join("assets"))?)?;
    Ok(())
}

/// The table as Rust source.
fn render(folder: &Path) -> Result<String, Box<dyn Error>> {
    let mut names = Vec::new();
    if folder.is_dir() {
        for entry in fs::read_dir(folder)? {
            let name = entry?.file_name();
            let name = name
                .to_str()
                .ok_or("a file name in dist/assets is not UTF-8")?;
            if !name.ends_with(".br") && !name.ends_with(".gz") {
                names.push(name.to_owned());
            }
        }
    }
    names.sort();
    let mut out = String::from("static FILES: &[File] = &[\n");
    for file in &names {
        let (stem, extension) = file
            .rsplit_once('.')
            .ok_or("a file in dist/assets has no extension")?;
        let (name, _hash) = stem
            .rsplit_once('-')
            .ok_or("a file in dist/assets has no hash in its name")?;
        let plain = folder.join(file).canonicalize()?;
        writeln!(
            out,
            "    File {{ name: {:?}, file: {file:?}, url: {:?}, plain: include_bytes!({plain:?}), brotli: {}, gzip: {} }},",
            format!("{name}.{extension}"),
            format!("/assets/{file}"),
            variant(folder, file, "br")?,
            variant(folder, file, "gz")?,
        )?;
    }
    out.push_str("];\n");
    Ok(out)
}

fn variant(folder: &Path, file: &str, extension: &str) -> Result<String, Box<dyn Error>> {
    let path = folder.join(format!("{file}.{extension}"));
    Ok(if path.is_file() {
        format!("Some(include_bytes!({:?}))", path.canonicalize()?)
    } else {
        "None".to_owned()
    })
}
