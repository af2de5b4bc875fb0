//! `cargo avro pull --watch`, beside a registry that changes, goes away and comes back.

use std::io::{BufRead, BufReader, Lines, Read};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, Command};

use schema_registry::server::Server;
use serde_json::json;
use tokio::runtime::Runtime;

use crate::gateway::ask;
use crate::mirror::register;
use crate::project::{CUSTOMER, CUSTOMER_WITH_NOTE, Project};

/// The command, and what it prints line by line.
struct Watch<O, E> {
    child: Child,
    out: Lines<BufReader<O>>,
    errors: Lines<BufReader<E>>,
}

fn watch(project: &Project, arguments: &[&str]) -> Watch<impl Read + use<>, impl Read + use<>> {
    let mut child = project.start(&[arguments, &["--watch", "--interval", "0.05"]].concat());
    let out = BufReader::new(child.stdout.take().expect("its output is a pipe")).lines();
    let errors = BufReader::new(child.stderr.take().expect("its errors are a pipe")).lines();
    Watch { child, out, errors }
}

impl<O: Read, E: Read> Watch<O, E> {
    fn next(&mut self) -> String {
        self.out.next().expect("it goes on").expect("it is text")
    }

    fn next_error(&mut self) -> String {
        self.errors.next().expect("it goes on").expect("it is text")
    }

    /// Ends it, and returns what else it printed.
    fn stop(mut self) -> Vec<String> {
        let told = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
        assert!(told.expect("there is a kill").success());
        assert_eq!(self.child.wait().expect("it ends").code(), Some(0));
        self.out.chain(self.errors).map(|line| line.expect("it is text")).collect()
    }
}

fn start(runtime: &Runtime, port: u16, data: &Project) -> Server {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let server = Server::builder().address(address).data(data.path("data"));
    runtime.block_on(server.start()).expect("the port is free")
}

#[test]
fn each_change_is_one_line_and_one_file() {
    let runtime = Runtime::new().expect("threads");
    let (data, project) = (Project::new(&[]), Project::new(&[]));
    let server = start(&runtime, 0, &data);
    let (url, port) = (server.url(), server.address().port());
    register(&url, "customer-value", &json!({ "schema": CUSTOMER }));
    let mut watch = watch(&project, &["pull", "--all", "--no-lock", "--registry", &url]);
    assert_eq!(watch.next(), "+ schemas/com.example.Customer.avsc: version 1 of customer-value");
    register(&url, "customer-value", &json!({ "schema": CUSTOMER_WITH_NOTE }));
    assert_eq!(watch.next(), "~ schemas/com.example.Customer.avsc: version 2 of customer-value");
    assert!(project.read("schemas/com.example.Customer.avsc").contains("note"));
    register(&url, "other-value", &json!({ "schema": r#"{"type":"fixed","name":"Other","size":1}"# }));
    assert_eq!(watch.next(), "+ schemas/Other.avsc: version 1 of other-value");

    // However long it is away, that is said once.
    runtime.block_on(server.shutdown());
    let away = watch.next_error();
    assert!(away.starts_with("warning: the registry is away: "), "{away}");
    let server = start(&runtime, port, &data);
    assert_eq!(watch.next_error(), "warning: the registry is back");
    ask(&url, "DELETE /subjects/other-value", "");
    let gone = "warning: other-value is no longer in the registry; its file stays";
    assert_eq!(watch.next_error(), gone);
    assert!(project.path("schemas/Other.avsc").exists());

    // What was changed by hand is not replaced; once it is as it was, or not there, it is.
    project.write("schemas/com.example.Customer.avsc", CUSTOMER);
    ask(&url, "PUT /config/customer-value", r#"{"compatibility": "NONE"}"#);
    let third = CUSTOMER.replace("phone", "mobile");
    register(&url, "customer-value", &json!({ "schema": third }));
    let problem = watch.next_error();
    assert!(problem.contains("schemas/com.example.Customer.avsc would be replaced by other contents"), "{problem}");
    std::fs::remove_file(project.path("schemas/com.example.Customer.avsc")).expect("it is there");
    assert_eq!(watch.next(), "+ schemas/com.example.Customer.avsc: version 3 of customer-value");
    assert_eq!(watch.stop(), [""; 0], "nothing else");
    runtime.block_on(server.shutdown());
}

#[test]
fn machines_get_a_line_of_json_for_each_change() {
    let runtime = Runtime::new().expect("threads");
    let (data, project) = (Project::new(&[]), Project::new(&[]));
    let server = start(&runtime, 0, &data);
    let url = server.url();
    register(&url, "customer-value", &json!({ "schema": CUSTOMER }));
    let mut watch = watch(&project, &["--json", "pull", "customer-value", "--lock", "lock", "--registry", &url]);
    watch.next();
    register(&url, "customer-value", &json!({ "schema": CUSTOMER_WITH_NOTE }));
    let changed: serde_json::Value = serde_json::from_str(&watch.next()).expect("JSON");
    assert_eq!((&changed["version"], &changed["state"]), (&json!(2), &json!("replaced")), "{changed}");
    assert!(project.path("lock/customer-value/2.json").exists(), "the lock follows");
    ask(&url, "DELETE /subjects/customer-value", "");
    let gone: serde_json::Value = serde_json::from_str(&watch.next()).expect("JSON");
    assert_eq!(gone["event"], "gone");
    assert_eq!(watch.stop(), [""; 0], "nothing else");

    let fixed = project.run(&["pull", "customer-value@1", "--watch", "--registry", &url]).expect(2);
    assert!(fixed.errors.contains("--watch follows the newest version"), "{}", fixed.errors);
    project.run(&["pull", "a", "--interval", "1"]).expect(2);
    project.run(&["pull", "a", "--watch", "--interval", "0"]).expect(2);
    project.run(&["pull", "a", "--watch", "--registry", "http://127.0.0.1:1"]).expect(3);
}
