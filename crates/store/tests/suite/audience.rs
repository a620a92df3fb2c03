//! The rule in `model::audience` and its SQL form say the same of every post, every pair of people and every standing.

use parvis_model::audience::{Audience, Standing, may_see};
use parvis_store::{
    DbErr, Tx, accounts,
    audience::Eyes,
    entity::block,
    follows,
    neighbours::{self, Neighbour, State},
    posts, relations,
};

use crate::scratch;

/// All standings a person can have towards an author, as bits.
const STANDINGS: i64 = 1 << 6;

fn standing(bits: i64) -> Standing {
    Standing {
        author: false,
        mentioned: bits & 1 != 0,
        follower: bits & 2 != 0,
        resident: bits & 4 != 0,
        neighbour: bits & 0b10_0100 == 0b10_0000,
        blocked: bits & 8 != 0,
    }
}

fn domain(is: Standing) -> &'static str {
    match (is.resident, is.neighbour) {
        (true, _) => "",
        (false, true) => "near",
        (false, false) => "far",
    }
}

/// A town under agreement, and one whose agreement has ended.
async fn agree(tx: &Tx) -> Result<(), DbErr> {
    for (actor, domain, state) in [(2, "near", State::Agreed), (3, "far", State::Ended)] {
        accounts::insert(tx, scratch::account(actor, domain)).await?;
        let neighbour = Neighbour {
            actor,
            domain: domain.into(),
            state,
            uri: String::new(),
            ours: true,
            decided_by: None,
            changed_at: 0,
        };
        neighbours::put(tx, neighbour).await?;
    }
    Ok(())
}

#[tokio::test]
async fn the_rule_and_its_sql_form_are_equal() {
    let scratch = scratch::store().await;
    // Account 1 writes one post for each audience; accounts 100 and up look at them, one for each standing.
    scratch
        .store
        .write::<_, DbErr, _>(|tx| {
            Box::pin(async move {
                accounts::insert(tx, scratch::account(1, "")).await?;
                agree(tx).await?;
                for (n, audience) in Audience::ALL.into_iter().enumerate() {
                    posts::insert(tx, scratch::post(n as i64 + 1, 1, audience.as_str())).await?;
                }
                for bits in 0..STANDINGS {
                    let (who, is) = (100 + bits, standing(bits));
                    accounts::insert(tx, scratch::account(who, domain(is))).await?;
                    // The fifth bit: a follow that was only asked for, or a block the other way round.
                    let odd = bits & 16 != 0;
                    if is.follower || odd {
                        follows::insert(tx, scratch::follow(who, who, 1, is.follower)).await?;
                    }
                    if is.blocked {
                        let (account_id, target_id) = if odd { (who, 1) } else { (1, who) };
                        let row = block::Model {
                            id: who,
                            account_id,
                            target_id,
                            uri: String::new(),
                            created_at: 0,
                        };
                        relations::insert_block(tx, row).await?;
                    }
                    if is.mentioned {
                        for n in 0..Audience::ALL.len() {
                            posts::mention(tx, n as i64 + 1, &[who]).await?;
                        }
                    }
                }
                Ok(())
            })
        })
        .await
        .unwrap();
    for (n, audience) in Audience::ALL.into_iter().enumerate() {
        let id = n as i64 + 1;
        for bits in 0..STANDINGS {
            let is = standing(bits);
            let eyes = Eyes {
                account: 100 + bits,
                resident: is.resident,
            };
            assert_eq!(
                sees(&scratch, eyes, id).await,
                may_see(audience, is),
                "{audience:?} {is:?}"
            );
        }
        let author = Standing {
            author: true,
            resident: true,
            ..Standing::default()
        };
        let eyes = Eyes {
            account: 1,
            resident: true,
        };
        assert_eq!(
            sees(&scratch, eyes, id).await,
            may_see(audience, author),
            "{audience:?} by its author"
        );
        let nobody = may_see(audience, Standing::default());
        assert_eq!(
            sees(&scratch, Eyes::NOBODY, id).await,
            nobody,
            "{audience:?} by a visitor"
        );
    }
}

async fn sees(scratch: &scratch::Scratch, eyes: Eyes, post: i64) -> bool {
    let seen = posts::visible_by_ids(scratch.store.read(), eyes, 0, &[post])
        .await
        .unwrap();
    !seen.is_empty()
}
