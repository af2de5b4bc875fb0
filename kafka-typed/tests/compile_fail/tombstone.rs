//! A topic whose values are always there takes no tombstones.

use kafka_typed::TypedProducer;
use kafka_typed::avro_typed::{AvroType, Encode};

async fn delete<Customer>(customers: TypedProducer<Customer, String>)
where
    Customer: Encode + AvroType + Sync,
{
    customers.send_tombstone("7").await.unwrap();
}

fn main() {}
