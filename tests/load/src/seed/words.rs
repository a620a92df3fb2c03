//! What people write: a few sentences of plain French. Knows no post.

use rand::{Rng, RngExt as _};

const BEGINNINGS: [&str; 12] = [
    "Ce matin au marché,",
    "Hier soir devant la mairie,",
    "Petit rappel à tous :",
    "Je cherche quelqu'un pour samedi :",
    "Bonne nouvelle du quartier,",
    "Comme chaque année au printemps,",
    "Depuis la fenêtre de la cuisine,",
    "À la sortie de l'école,",
    "Merci à celles et ceux qui sont venus,",
    "Après la pluie de cette nuit,",
    "Pour la fête de la rivière,",
    "Une question aux jardiniers :",
];

const MIDDLES: [&str; 14] = [
    "les premières cerises sont arrivées chez Lucette",
    "la fanfare répète de nouveau dans la cour",
    "il manque encore deux tables et quelques chaises",
    "le chemin du moulin est fermé jusqu'à jeudi",
    "on a retrouvé un petit chat gris sous le porche",
    "les hirondelles sont revenues au-dessus du lavoir",
    "la bibliothèque ouvre une heure de plus le mercredi",
    "le pain du four commun sort vers onze heures",
    "quelqu'un aurait-il une échelle à prêter pour le toit",
    "les tomates n'ont pas aimé le froid de la semaine",
    "le car de sept heures passe avec dix minutes de retard",
    "nous avons ramassé quatre sacs le long de la berge",
    "la vieille horloge sonne enfin à la bonne heure",
    "les enfants ont peint le mur derrière le préau",
];

const ENDINGS: [&str; 10] = [
    "et tout le monde est le bienvenu.",
    "alors passez quand vous voulez.",
    "ce qui fait plaisir à voir.",
    "et il reste du café.",
    "si quelqu'un a une idée, qu'il la dise ici.",
    "on en reparle au conseil de mardi.",
    "sans oublier les bottes.",
    "comme dans le temps.",
    "et j'en ai ri toute la journée.",
    "merci d'avance aux voisins.",
];

/// 200 to 400 characters, about.
pub fn text(random: &mut impl Rng) -> String {
    let long = random.random_range(200..340);
    let mut text = String::with_capacity(440);
    while text.len() < long {
        if !text.is_empty() {
            text.push(' ');
        }
        for (place, part) in [&BEGINNINGS[..], &MIDDLES, &ENDINGS]
            .into_iter()
            .enumerate()
        {
            if place > 0 {
                text.push(' ');
            }
            text.push_str(part[random.random_range(0..part.len())]);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng as _, rngs::SmallRng};

    use super::*;

    #[test]
    fn texts_are_as_long_as_people_write() {
        let mut random = SmallRng::seed_from_u64(1);
        for _ in 0..500 {
            let length = text(&mut random).chars().count();
            assert!((180..=480).contains(&length), "{length}");
        }
    }
}
