//! A producer of one type takes no value of another, even if that has a schema, too.

use kafka_typed::TypedProducer;
use kafka_typed::avro_typed::{AvroType, Encode};

async fn send<Alert, Customer>(alerts: TypedProducer<Alert>, customer: Customer)
where
    Alert: Encode + AvroType + Sync,
    Customer: Encode + AvroType + Sync,
{
    alerts.send(&customer).await.unwrap();
    alerts.send(&"critical").await.unwrap();
}

fn main() {}
