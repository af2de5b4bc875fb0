//! Types that only the compiler knows.

use avro_derive::{Avro, TopicValue};
use avro_typed::topic::DecodeValue;

#[derive(Avro)]
#[avro(namespace = "events")]
struct Login {
    user: String,
}

mod v1 {
    #[derive(avro_derive::Avro)]
    #[avro(rename = "events.Login")]
    pub struct Login {
        pub name: String,
    }
}

#[derive(Avro)]
struct View<'a> {
    name: &'a str,
}

struct NoSchema;

#[derive(TopicValue)]
enum SameName<'a> {
    View(View<'a>),
    Login(Login),
    Old(v1::Login),
}

#[derive(TopicValue)]
enum NoAvro {
    Login(Login),
    Nothing(NoSchema),
}

#[derive(TopicValue)]
enum Borrowed<'a> {
    View(View<'a>),
}

#[derive(TopicValue)]
enum Either<L, R> {
    Left(L),
    Right(R),
}

fn is_received<V: DecodeValue>() {}

fn main() {
    is_received::<Borrowed<'static>>();
    is_received::<Either<Login, NoSchema>>();
}
