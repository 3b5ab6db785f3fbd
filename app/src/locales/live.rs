//! Texts of forms that lose nothing: `public/forms.js` says them, and `public/copy.js`.

texts! {
    unreachable: "Le serveur n’a pas répondu. Rien n’est perdu : ce que vous avez tapé est toujours ici. Réessayez dans un moment ; même si c’était arrivé, ce ne sera fait qu’une fois.",
        "The server did not answer. Nothing is lost: what you typed is still here. Try again in a moment; even if it had arrived, it will be done only once.";
    signed_out: "Vous n’êtes plus connecté. Rien n’est perdu : connectez-vous dans un autre onglet, revenez ici et envoyez à nouveau.",
        "You are not signed in any more. Nothing is lost: sign in in another tab, come back here and send again.";
    draft: "Ce formulaire n’avait pas été envoyé (tapé : {time}).", "This form was not sent (typed: {time}).";
    take: "Reprendre ce que j’avais tapé", "Take back what I typed";
    copy: "Copier", "Copy";
    copied: "Copié", "Copied";
    discard: "L’effacer", "Discard it";
}
