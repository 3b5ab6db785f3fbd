//! Texts of accounts.

texts! {
    title: "Coordonnées bancaires", "Bank details";
    manage: "Gérer", "Manage";
    none: "Aucun compte enregistré.", "No account is entered.";
    add: "Ajouter un compte", "Add an account";
    iban: "IBAN", "IBAN";
    iban_help: "Gardé chiffré, montré raccourci : chaque consultation du numéro entier est tracée.",
        "Kept encrypted, shown shortened: each sight of the whole number is recorded.";
    holder: "Titulaire", "Holder";
    holder_help(name: &str): format!("Vide : {name}."), format!("Empty: {name}.");
    save: "Enregistrer le compte", "Save the account";
    show: "Voir le numéro entier", "Show the whole number";
    seen: "Cette consultation est inscrite dans les traces.", "That you saw it is recorded.";
    preferred: "utilisé", "in use";
    prefer: "Utiliser celui-ci", "Use this one";
    remove: "Retirer", "Remove";
    no_key: "Le serveur n’a pas de clé pour les coordonnées bancaires.", "The server has no key for bank details.";
    no_key_help: "Rien ne peut être enregistré ni lu en entier. Qui tient le serveur en crée une :",
        "Nothing can be entered or read whole. Who runs the server makes one:";
    own_help: "Une erreur ? Écrivez à l’équipe, qui peut la corriger.", "A mistake? Write to the crew, who can mend it.";
}
