//! Documents in the shape of each software, and the corpus of real ones where it is present.

mod corpus;
mod shapes;
