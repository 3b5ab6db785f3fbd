//! Texts of signing in, and of one's own account.

texts! {
    sign_in_title: "Se connecter", "Sign in";
    name: "Nom de connexion ou adresse électronique", "Login name or e-mail address";
    password: "Mot de passe", "Password";
    forgotten: "Mot de passe oublié ? L’administration de votre organisation peut vous donner un lien pour en choisir un nouveau.",
        "Forgot it? Your organisation’s administration can give you a link to choose a new one.";
    sign_in: "Se connecter", "Sign in";
    ended_kept: "Votre session est terminée. Rien n’est perdu : connectez-vous, et vous retrouverez ce que vous aviez tapé.",
        "Your session has ended. Nothing is lost: sign in, and you will find what you typed.";
    ended_not_kept: "Votre session est terminée, et ce qui vient d’être envoyé n’a pas pu être gardé ici. Connectez-vous dans un autre onglet, puis revenez en arrière dans celui-ci.",
        "Your session has ended, and what was just sent could not be kept here. Sign in in another tab, then go back in this one.";
    signed_in_already: "Vous êtes connecté.", "You are signed in.";

    title: "Mon compte", "My account";
    state(name: &str): format!("{name}"), format!("{name}");
    rights: "Ce que vous pouvez faire, et par quelle équipe", "What you may do, and through which crew";
    sessions: "Où vous êtes connecté", "Where you are signed in";
    session: "Navigateur", "Browser";
    opened: "Ouverte le", "Opened";
    seen: "Vue le", "Last used";
    this_one: "ce navigateur", "this browser";
    end: "Terminer", "End";
    end_label(browser: &str): format!("Terminer la session de {browser}"), format!("End the session of {browser}");
    end_others: "Terminer toutes les autres", "End all the others";
    unknown_browser: "Navigateur inconnu", "Unknown browser";
    from(address: &str): format!("depuis {address}"), format!("from {address}");

    change_password: "Changer de mot de passe", "Change the password";
    change_password_help: "Les autres sessions seront terminées.", "The other sessions will be ended.";
    present: "Mot de passe actuel", "Present password";
    new_password: "Nouveau mot de passe", "New password";
    new_password_help: "Au moins 15 caractères. Quelques mots mis bout à bout sont faciles à retenir.",
        "At least 15 characters. A few words in a row are easy to remember.";
    save_password: "Changer le mot de passe", "Change the password";
}
