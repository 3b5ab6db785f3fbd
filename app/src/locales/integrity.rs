//! Texts of the page that verifies the audit.

texts! {
    title: "Intégrité des traces", "Integrity of the audit";
    state: "Chaque trace porte l’empreinte de la précédente : rien ne peut être changé, retiré ou ajouté sans que cela se voie ici.", "Each row carries the hash of the one before: nothing can be changed, taken out or added without it showing here.";
    good(rows: &str): format!("Tout est comme écrit : {rows} traces relues à l’instant."), format!("All is as it was written: {rows} rows were read just now.");
    not_good(faults: u64): format!("Les traces ne sont pas comme elles ont été écrites ({faults}\u{202f}) :"), format!("The audit is not as it was written ({faults}):");
    what_to_do: "Ne changez rien, gardez une copie des données, et prévenez qui administre le serveur.", "Change nothing, keep a copy of the data, and tell whoever runs the server.";
    too_many(rows: &str): format!("{rows} traces : trop pour les relire pendant que vous attendez. La commande « equipage audit verify » les relit."), format!("{rows} rows: too many to read while you wait. The command “equipage audit verify” reads them.");
    rows: "Traces", "Rows";
    first: "Première trace", "First row";
    erased: "Traces dont une donnée personnelle a été effacée", "Rows of which something personal was erased";
    hash: "Empreinte", "Hash";
    checkpoints: "Points de contrôle", "Checkpoints";
    checkpoints_help: "La fin de la chaîne, signée. Une copie gardée ailleurs montre aussi qu’une fin a été coupée et récrite.", "The end of the chain, signed. A copy that is kept elsewhere also shows that an end was cut off and written anew.";
    no_checkpoints: "Aucun : le serveur n’a pas de clé pour signer, ou vient de démarrer.", "None: the server has no key to sign with, or has just started.";
    signed_at: "Signé", "Signed";
    key: "Clé", "Key";
    elsewhere: "Vérifier ailleurs", "Verify elsewhere";
    elsewhere_help: "Le fichier contient toutes les traces, avec les noms. Le programme le vérifie sans accès aux données.", "The file holds the whole audit, names included. The program verifies it without access to the data.";
    missing(seq: u64, found: u64): format!("la trace {seq} manque : à sa place se trouve la {found}"), format!("row {seq} is missing: row {found} stands in its place");
    altered(seq: u64): format!("la trace {seq} n’est pas comme elle a été écrite"), format!("row {seq} is not as it was written");
    erased_unsaid(seq: u64): format!("la trace {seq} a été vidée sans qu’une autre le dise"), format!("row {seq} was emptied, and no later row says so");
    wrong_end(head: u64, found: u64): format!("la chaîne finit à la trace {found} au lieu de la {head}, ou autrement que prévu"), format!("the chain ends at row {found} and not at row {head}, or not as it should");
    no_head: "la fin de la chaîne n’est pas notée", "the end of the chain is not written down";
    outside(rows: u64): format!("traces hors de la chaîne : {rows}"), format!("rows outside of the chain: {rows}");
    against_checkpoint(seq: u64): format!("le point de contrôle à la trace {seq} dit autre chose : la chaîne a été coupée ou récrite"), format!("the checkpoint at row {seq} says otherwise: the chain was cut, or written anew");
    bad_checkpoint(seq: u64): format!("le point de contrôle à la trace {seq} est d’une autre organisation, ou signé par une clé inconnue"), format!("the checkpoint at row {seq} is another organisation’s, or signed by an unknown key");
    bad_line(line: u64): format!("la ligne {line} du fichier n’y a pas sa place"), format!("line {line} of the file does not belong there");
    here: "Vérifier un fichier ici", "Verify a file here";
    here_help: "Le fichier reste sur votre machine : c’est votre navigateur qui le relit.", "The file stays on your machine: your browser reads it.";
    here_file: "Fichier des traces", "File of the audit";
    here_checkpoints: "Points de contrôle gardés ailleurs", "Checkpoints that were kept elsewhere";
    here_keys: "Clés publiques", "Public keys";
    here_button: "Vérifier", "Verify";
    here_reading: "Relecture…", "Reading…";
    here_good: "Tout est comme écrit : {rows} traces.", "All is as it was written: {rows} rows.";
    here_bad: "Les traces ne sont pas comme elles ont été écrites ({faults_total}\u{202f}) :", "The audit is not as it was written ({faults_total}):";
    here_title: "Organisation : {title}", "Organisation: {title}";
    here_facts: "Points de contrôle concordants : {checkpoints}, dont {signed} à signature vérifiée. Traces effacées en partie : {erased}.", "Checkpoints that agree: {checkpoints}, {signed} of them with a checked signature. Rows erased in part: {erased}.";
    here_unreadable: "Ces fichiers ne se lisent pas :", "These files cannot be read:";
    here_choose: "Choisissez d’abord le fichier des traces.", "Choose the file of the audit first.";
    here_large: "Ce fichier est trop grand pour un navigateur : utilisez la commande.", "This file is too large for a browser: use the command.";
    here_failed: "La vérification n’a pas pu se faire. Réessayez, ou utilisez la commande.", "It could not be verified. Try again, or use the command.";
}
