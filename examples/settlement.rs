//! Settles the orders of customers exactly once: orders come in, settled amounts go out, and both count together.
//!
//! On Apache Kafka, kill it whenever you like and start it again: no order is settled twice, and none is left out.
//! It uses the servers that `KAFKA_BOOTSTRAP_SERVERS` and `SCHEMA_REGISTRY_URL` name; if neither is set it starts its
//! own.

use std::error::Error;

use clap::Parser;
use kafka_typed::{
    FailurePolicy, HandlerError, KafkaTyped, Retry, Topic, Transaction, TransactionalHandler, TransactionalProducer,
    TypedMessage,
};
use messages::com::example::customer::CustomerKey;
use messages::com::example::settlement::{CustomerOrder, SettledAmount};

const ORDERS: Topic<CustomerOrder, CustomerKey> = Topic::new("customer-orders").dead_letters("customer-orders-dlt");
const AMOUNTS: Topic<SettledAmount, CustomerKey> = Topic::new("settled-amounts");

#[derive(Parser)]
struct Arguments {
    /// How many orders are sent.
    #[arg(long, default_value_t = 1_000)]
    count: i64,
    /// Which instance this is: no two that run at a time are the same one.
    #[arg(long, default_value = "1")]
    instance: String,
}

/// Everything that settling needs.
struct Settlement {
    amounts: TransactionalProducer<SettledAmount, CustomerKey>,
}

impl TransactionalHandler<CustomerOrder, CustomerKey> for Settlement {
    async fn handle(
        &self,
        order: TypedMessage<CustomerOrder, CustomerKey>,
        transaction: Transaction,
    ) -> Result<(), HandlerError> {
        let CustomerOrder { order_id, customer, cents } = order.value;
        if cents < 0 {
            return Err(HandlerError::permanent("the amount is negative"));
        }
        let amount = SettledAmount { order_id, cents, fee_cents: cents / 100 };
        transaction.send(&self.amounts, &amount).key(&customer).await?;
        Ok(())
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let Arguments { count, instance } = Arguments::parse();
    let kafka = KafkaTyped::from_env_or_embedded().await?;
    send_orders(&kafka, count).await?;

    let transactions = kafka.transactional(format!("settlement-{instance}")).build()?;
    let amounts = kafka.producer(&AMOUNTS).build_transactional(&transactions).await?;
    let orders = kafka.consumer(&ORDERS).group("settlement").build().await?;
    let control = orders.control();
    let run = orders
        .run_transactional(&transactions, Settlement { amounts })
        .on_error(FailurePolicy::dead_letters().retry(Retry::new(3)))
        .on_bad_message(FailurePolicy::dead_letters());
    // A service would have `.stop_on_signal()`; the input of an example comes to an end.
    let input_ends = async {
        control.wait_until_caught_up().await?;
        control.stop();
        Ok::<_, Box<dyn Error>>(())
    };
    let (summary, ()) = tokio::try_join!(async { Ok(run.await?) }, input_ends)?;

    let (settled, refused) = (summary.run.total.processed, summary.run.total.dead_lettered);
    println!("{summary}");
    println!("settlement: settled {settled} orders, refused {refused}, aborted {} transactions", summary.aborted);
    Ok(())
}

/// Sends so many orders, one of each hundred with an amount that nobody can owe.
async fn send_orders(kafka: &KafkaTyped, count: i64) -> Result<(), Box<dyn Error>> {
    let orders = kafka.producer(&ORDERS).build().await?;
    for order_id in 0..count {
        let customer = CustomerKey { id: order_id % 20 };
        let cents = if order_id % 100 == 99 { -1 } else { 1_000 + order_id };
        let order = CustomerOrder { order_id, customer: customer.clone(), cents };
        drop(orders.send(&order).key(&customer).enqueue().await?);
    }
    match orders.close().await? {
        counts if counts.failed == 0 => Ok(()),
        counts => Err(format!("{} orders were not delivered", counts.failed).into()),
    }
}
