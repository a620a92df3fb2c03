//! What somebody wants to see and hear of a person they follow.

use axum::extract::Path;
use parvis_town::{accounts::Relation, follows};

use crate::{
    asked::local_path,
    form::Form,
    frame::Frame,
    page::{Answer, Resident, id},
    write::tongues,
};

pub async fn set_options(
    Resident { page, me, .. }: Resident,
    Path(other): Path<String>,
    form: Form,
) -> Answer {
    let other = id(&other)?;
    let (shares, told) = (form.on("partages"), form.on("prevenir"));
    let languages: Vec<String> = form.values.texts("langues").map(str::to_owned).collect();
    page.write(move |tx, _| {
        Box::pin(async move {
            follows::set_options(tx, me, other, shares, told).await?;
            follows::set_languages(tx, me, other, &languages).await
        })
    })
    .await?;
    Ok(page.onward(local_path(form.text("retour")), "done-saved"))
}

impl Frame {
    /// Code and own name of each language in which one may choose to read somebody, and whether it is chosen.
    pub fn tongues_of(&self, relation: &Relation) -> Vec<(String, String, bool)> {
        let chosen = relation.read_in().unwrap_or_default();
        let offered = tongues(self, &chosen).into_iter();
        let with_choice = offered.map(|(code, name)| {
            let is_chosen = chosen.contains(&code.as_str());
            (code, name, is_chosen)
        });
        with_choice.collect()
    }
}
