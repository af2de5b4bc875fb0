//! `cargo avro register`, `pull`, `list` and `show` with a registry.

use schema_registry::{SchemaReference, SchemaText};

use crate::answers::Answers;
use crate::project::{CUSTOMER_WITH_NOTE, Project, Registry};

#[test]
fn register_prints_the_id_that_the_registry_gave() {
    let registry = Registry::start();
    let project = Project::of_customers();
    let url = registry.url();
    let register = ["register", "com.example.Customer", "--subject", "customer-value", "--registry", &url];
    let would = project.run(&[&register[..], &["--dry-run"]].concat()).expect(0).out;
    assert_eq!(would, "com.example.Customer would be the first version of customer-value\n");
    let json = project.run(&[&register[..], &["--json"]].concat()).expect(0).json();
    let latest = registry.wait(registry.client().latest("customer-value")).expect("the subject is there");
    assert_eq!(json["id"], latest.id().get());
    assert_eq!(json["outcome"], "registered");
    let again = project.run(&register).expect(0).out;
    assert_eq!(again, "com.example.Customer is already version 1 of customer-value, with id 1\n");
    assert!(!project.path("schema-lock").exists(), "nobody asked for a lock");

    project.write("schemas/customer.avsc", CUSTOMER_WITH_NOTE);
    let would = project.run(&[&register[..], &["--dry-run"]].concat()).expect(0).out;
    assert_eq!(would, "com.example.Customer would be the version after 1 of customer-value\n");
    let locked = project.run(&[&register[..], &["--lock", "schema-lock"]].concat()).expect(0).out;
    assert!(locked.ends_with("version 2 of customer-value, with id 2; written to schema-lock\n"), "{locked}");
    assert!(project.read("schema-lock/customer-value/2.json").contains("\"ids\": {\"default\": 2}"));
}

#[test]
fn several_types_are_registered_at_once() {
    let registry = Registry::start();
    let mut project = Project::of_customers();
    project.set("SCHEMA_REGISTRY_URL", &registry.url());
    project.write("schemas/ids.avsc", r#"{"type": "array", "items": "long"}"#);
    let register = ["register", "--subject", "com.example.Customer=customer-value", "--subject", "ids=ids-value"];
    let json = project.run(&[&register[..], &["--json"]].concat()).expect(0).json();
    assert_eq!((&json[0]["id"], &json[1]["id"]), (&1.into(), &2.into()));
    project.run(&["lock", "--subject", "com.example.Customer=customer-value", "--subject", "ids=ids-value"]).expect(0);
    // From now on the lock knows the subjects.
    let all = project.run(&["register"]).expect(0).out;
    assert_eq!(all.lines().count(), 2, "{all}");
    insta::assert_snapshot!("registry_list", project.run(&["list", "--subjects"]).expect(0).out);
    insta::assert_snapshot!("registry_show", project.run(&["show", "1"]).expect(0).all());
}

#[test]
fn pull_gives_every_subject_a_file_that_file_systems_take() {
    let registry = Registry::start();
    let client = registry.client();
    let long = format!("{}-value", "a".repeat(300));
    let subjects = [long.as_str(), "a/b-value", "a_b-value"];
    for (subject, items) in subjects.iter().zip(["long", "string", "int"]) {
        let text = format!(r#"{{"type":"array","items":"{items}"}}"#);
        registry.wait(client.register(subject, &text.as_str().into())).expect("it is free");
    }
    let mut project = Project::new(&[]);
    project.set("SCHEMA_REGISTRY_URL", &registry.url());
    project.run(&["pull", "--all"]).expect(0);
    let files = |folder| std::fs::read_dir(project.path(folder)).expect("a folder").count();
    assert_eq!((files("schemas"), files("schema-lock")), (3, 3));
    assert!(project.read("schemas/a%2Fb-value.avsc").contains("string"));
    assert!(project.read("schemas/a_b-value.avsc").contains("int"));
    project.run(&["check"]).expect(0);
    let again = project.run(&["pull", "--all", "--json"]).expect(0).json();
    let states = again["files"].as_array().expect("a list").iter().map(|file| &file["state"]);
    assert!(states.into_iter().all(|state| state == "unchanged"), "{again}");
}

#[test]
fn pull_gives_every_type_a_file_of_its_own() {
    let registry = Registry::start();
    let client = registry.client();
    let city =
        r#"{"type":"record","name":"City","namespace":"com.example","fields":[{"name":"name","type":"string"}]}"#;
    registry.wait(client.register("city-value", &city.into())).expect("it is free");
    let mut person = SchemaText::from(
        r#"{"type":"record","name":"Person","namespace":"com.example","fields":[{"name":"home","type":"City"}]}"#,
    );
    person.references = vec![SchemaReference::new("com.example.City", "city-value", 1)];
    registry.wait(client.register("person-value", &person)).expect("its reference is there");

    let mut project = Project::new(&[]);
    project.set("SCHEMA_REGISTRY_URL", &registry.url());
    insta::assert_snapshot!("pull", project.run(&["pull", "person-value"]).expect(0).all());
    insta::assert_snapshot!("pull_file", project.read("schemas/com.example.Person.avsc"));
    project.run(&["check"]).expect(0);
    let show = project.run(&["show", "person-value", "--json"]).expect(0).json();
    assert_eq!(show["references"][0]["subject"], "city-value");
    let again = project.run(&["pull", "--prefix", "person", "--json"]).expect(0).json();
    assert_eq!((&again["files"][0]["state"], &again["locked"]), (&"unchanged".into(), &0.into()));

    let changed = project.read("schemas/com.example.City.avsc").replace("\"name\"}", "\"name\", \"doc\": \"mine\"}");
    let changed = changed.replace("{\"name\": \"name\", ", "{\"name\": \"name\", \"doc\": \"mine\", ");
    project.write("schemas/com.example.City.avsc", &changed);
    let refused = project.run(&["pull", "--all"]).expect(1).errors;
    assert!(refused.contains("schemas/com.example.City.avsc would be replaced"), "{refused}");
    assert_eq!(project.read("schemas/com.example.City.avsc"), changed);
    project.run(&["pull", "--all", "--force"]).expect(0);
    assert_ne!(project.read("schemas/com.example.City.avsc"), changed);

    // A file that is not text is not lost, either.
    let project_with_bytes = Project::new(&[("schemas/com.example.City.avsc", "")]);
    std::fs::write(project_with_bytes.path("schemas/com.example.City.avsc"), b"\xff").expect("a file can be written");
    let pull = ["pull", "city-value", "--registry", &registry.url(), "--exclude", "schemas/com.example.City.avsc"];
    let refused = project_with_bytes.run(&pull).expect(1).errors;
    assert!(refused.contains("schemas/com.example.City.avsc would be replaced"), "{refused}");
}

#[test]
fn logins_are_taken_from_arguments_and_the_environment() {
    let mut project = Project::of_customers();
    project.set("SCHEMA_REGISTRY_PASSWORD", "secret");
    let ran = project.run(&["list", "--registry", "http://127.0.0.1:1"]).expect(2);
    assert!(ran.errors.contains("SCHEMA_REGISTRY_USER") && !ran.errors.contains("secret"), "{}", ran.errors);
    project.set("SCHEMA_REGISTRY_USER", "me");
    let mut without_password = Project::of_customers();
    without_password.set("SCHEMA_REGISTRY_USER", "me");
    let refused = without_password.run(&["list", "--registry", "http://127.0.0.1:1"]).expect(2).errors;
    assert!(refused.contains("SCHEMA_REGISTRY_PASSWORD") && refused.contains("may be empty"), "{refused}");
    // An empty one is a password: the registry is what lacks.
    without_password.set("SCHEMA_REGISTRY_PASSWORD", "");
    without_password.run(&["list", "--registry", "http://127.0.0.1:1"]).expect(3);
    without_password.run(&["list", "--registry", "http://127.0.0.1:1", "--registry-password", ""]).expect(3);
    project.set("SCHEMA_REGISTRY_TOKEN", "token");
    let ran = project.run(&["list", "--registry", "http://127.0.0.1:1", "--json"]).expect(2);
    assert!(ran.json()["error"].as_str().is_some_and(|error| error.contains("token")), "{ran:?}");
}

#[test]
fn what_cannot_be_used_of_arguments_and_environment_is_named() {
    let check = |variables: &[(&str, &str)], options: &[&str], exit: i32, expected: &str| {
        let mut project = Project::of_customers();
        for (variable, value) in variables {
            project.set(variable, value);
        }
        let arguments: Vec<&str> =
            ["list", "--registry", "http://127.0.0.1:1"].iter().chain(options).copied().collect();
        let errors = project.run(&arguments).expect(exit).errors;
        assert!(errors.contains(expected) && !errors.contains("hunter2"), "{variables:?} {options:?}: {errors}");
    };
    let no_password =
        "--registry-user or SCHEMA_REGISTRY_USER is set, but not --registry-password or SCHEMA_REGISTRY_PASSWORD";
    check(&[], &["--registry-user", "me"], 2, no_password);
    let two = "--registry-user or SCHEMA_REGISTRY_USER is set, and so is --registry-token or SCHEMA_REGISTRY_TOKEN";
    check(&[("SCHEMA_REGISTRY_USER", "me")], &["--registry-token", "hunter2"], 2, two);
    check(&[], &["--context", "a:b"], 2, "correct --context or SCHEMA_REGISTRY_CONTEXT");
    check(&[("SCHEMA_REGISTRY_TIMEOUT_MS", "30s")], &[], 2, "SCHEMA_REGISTRY_TIMEOUT_MS cannot be used");
    check(&[("SCHEMA_REGISTRY_NORMALIZE", "yes")], &[], 2, "SCHEMA_REGISTRY_NORMALIZE cannot be used");
    // What the command line has counts, and the registry is asked.
    check(&[("SCHEMA_REGISTRY_NORMALIZE", "yes")], &["--normalize"], 3, "no answer from");
    check(&[("SCHEMA_REGISTRY_CONTEXT", "a:b")], &["--context", "team"], 3, "no answer from");
}

/// Registries take defaults and names that builds refuse.
#[test]
fn what_only_a_registry_takes_is_pulled_and_decoded_all_the_same() {
    let text = r#"{"type":"record","name":"order-placed","namespace":"shop","fields":[{"name":"total","type":"int","default":""}]}"#;
    let version = serde_json::json!({ "subject": "orders-value", "version": 1, "id": 7, "schema": text }).to_string();
    let by_id = serde_json::json!({ "schema": text }).to_string();
    let answers = [
        ("/subjects/orders-value/versions/latest", version.clone()),
        ("/subjects/orders-value/versions/1", version),
        ("/subjects/orders-value/versions", "[1]".to_owned()),
        ("/schemas/ids/7", by_id),
        ("/config/orders-value", r#"{"compatibilityLevel": "BACKWARD"}"#.to_owned()),
    ];
    let registry = Answers::start(answers.into_iter().map(|(path, body)| (path.to_owned(), body)).collect());
    let url = registry.url();
    let project = Project::new(&[]);
    let pull = ["pull", "orders-value", "--registry", &url];
    insta::assert_snapshot!("pull_what_a_build_refuses", project.run(&pull).expect(0).all());
    let again = project.run(&pull).expect(0).out;
    assert_eq!(again, "= schemas/shop.order-placed.avsc: version 1 of orders-value\n");

    let decoded = project.run_with_input(&["decode", "--registry", &url], b"000000000702\n").expect(0).out;
    assert_eq!(decoded, "{\"total\":1}\n");
    let with_file = ["decode", "--schema", "schemas/shop.order-placed.avsc"];
    assert_eq!(project.run_with_input(&with_file, b"02\n").expect(0).out, "{\"total\":1}\n");

    project.run(&["check"]).expect(1);
    let lenient = ["check", "--allow-invalid-defaults", "--allow-invalid-names"];
    let checked = project.run(&lenient).expect(0).out;
    assert!(checked.starts_with("orders-value: the same as version 1\n"), "{checked}");
}

#[test]
fn each_context_has_its_own_ids_in_files_and_lock() {
    let registry = Registry::start();
    let client = registry.client();
    let here = r#"{"type":"record","name":"Here","fields":[{"name":"a","type":"int"},{"name":"b","type":"int"}]}"#;
    let there = r#"{"type":"record","name":"There","fields":[{"name":"b","type":"int"},{"name":"a","type":"int"}]}"#;
    let base = r#"{"type":"record","name":"Base","fields":[]}"#;
    let registered =
        |subject: &str, text: &str| registry.wait(client.register(subject, &text.into())).expect(subject).get();
    assert_eq!((registered("t-value", here), registered(":.team:t-value", there)), (1, 1));
    assert_eq!(registered(":.team:base", base), 2);
    let mut derived =
        SchemaText::from(r#"{"type":"record","name":"Derived","fields":[{"name":"base","type":"Base"}]}"#);
    derived.references = vec![SchemaReference::new("Base", "base", 1)];
    registry.wait(client.register(":.team:derived", &derived)).expect("its reference is in its context");

    let mut project = Project::new(&[]);
    project.set("SCHEMA_REGISTRY_URL", &registry.url());
    project.run(&["pull", "--all"]).expect(0);
    for (file, part) in [("schemas/Here.avsc", "\"Here\""), ("schemas/There.avsc", "\"There\"")] {
        assert!(project.read(file).contains(part), "{file}: {}", project.read(file));
    }
    let show = |what: &str| project.run(&["show", what, "--lock", "schema-lock", "--json"]).expect(0).json();
    for (subject, text) in [("t-value", here), (":.team:t-value", there)] {
        let shown = show(subject);
        assert_eq!((&shown["schema"], &shown["id"]), (&text.into(), &1.into()));
        assert_eq!(shown["guid"], schema_registry::Guid::of(text, []).to_string());
    }
    assert_eq!(show(":.team:derived")["references"][0]["subject"], "base");
    project.run(&["check"]).expect(0);
    project.run(&["pull", "--all"]).expect(0);

    // The same payload is another message in the other context, from the registry and from the lock.
    let payload = b"\0\0\0\0\x01\x02\x04";
    for source in [&["--registry", &registry.url()][..], &["--lock", "schema-lock"]] {
        let decode = |context: &[&str]| {
            let arguments = [&["decode", "--form", "raw"], source, context].concat();
            project.run_with_input(&arguments, payload).expect(0).out
        };
        assert_eq!(decode(&[]), "{\"a\":1,\"b\":2}\n", "{source:?}");
        assert_eq!(decode(&["--context", "team"]), "{\"b\":1,\"a\":2}\n", "{source:?}");
    }
    project.set("SCHEMA_REGISTRY_CONTEXT", "team");
    let shown = project.run(&["show", "1", "--json"]).expect(0).json();
    assert_eq!(shown["schema"], there);
    let listed = project.run(&["list", "--subjects", "--json"]).expect(0).json();
    assert_eq!(listed.as_array().map(Vec::len), Some(3), "{listed}");
    let wrong = project.run(&["list", "--subjects", "--context", "a:b"]).expect(2).errors;
    assert!(wrong.contains("--context"), "{wrong}");
}

/// A registry that answers each path as `answer` says, with a status and JSON; 404 without a code where that is
/// nothing.
fn answering(answer: impl Fn(&str) -> Option<(u16, String)> + Send + 'static) -> String {
    use std::io::{BufRead, BufReader, Read, Write};

    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("a bound socket"));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut reader = BufReader::new(&stream);
            let (mut line, mut length) = (String::new(), 0);
            reader.read_line(&mut line).expect("a request");
            let path = line.split(' ').take(2).collect::<Vec<_>>().join(" ");
            loop {
                let mut header = String::new();
                reader.read_line(&mut header).expect("a header");
                match header.trim().to_ascii_lowercase().split_once(':') {
                    Some(("content-length", value)) => length = value.trim().parse().expect("a length"),
                    Some(_) => {}
                    None => break,
                }
            }
            reader.read_exact(&mut vec![0; length]).expect("a body");
            let not_found = || (404, r#"{"error_code":404,"message":"HTTP 404 Not Found"}"#.to_owned());
            let (status, body) = answer(&path).unwrap_or_else(not_found);
            let head = format!("HTTP/1.1 {status} x\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
            let _ = stream.write_all(format!("{head}{body}").as_bytes());
        }
    });
    url
}

#[test]
fn a_subject_that_is_not_avro_breaks_nothing_of_the_others() {
    let url = answering(|path| {
        let version =
            |subject: &str, rest: &str| Some((200, format!(r#"{{"subject":"{subject}","version":1,{rest}}}"#)));
        match path {
            "GET /subjects" => Some((200, r#"["a-value","b-value","c-value"]"#.to_owned())),
            "GET /subjects/a-value/versions/latest" | "GET /subjects/a-value/versions/1" => {
                version("a-value", r#""id":1,"schema":"{\"type\":\"record\",\"name\":\"A\",\"fields\":[]}""#)
            }
            "GET /subjects/b-value/versions/latest" => {
                version("b-value", r#""id":2,"schema":"syntax = \"proto3\";","schemaType":"PROTOBUF""#)
            }
            "GET /subjects/c-value/versions/latest" => version("c-value", r#""id":3,"schema":"{}""#),
            path if path.ends_with("/versions") => Some((200, "[1]".to_owned())),
            path if path.starts_with("GET /config") => Some((200, r#"{"compatibilityLevel":"BACKWARD"}"#.to_owned())),
            _ => None,
        }
    });
    let project = Project::new(&[]);
    let listed = project.run(&["list", "--subjects", "--registry", &url]).expect(0).out;
    for part in ["A ", "(PROTOBUF)", "(invalid Avro)"] {
        assert!(listed.contains(part), "{listed}");
    }
    let pulled = project.run(&["pull", "--all", "--registry", &url]).expect(0).out;
    assert!(pulled.contains("- b-value is skipped: its schema is PROTOBUF"), "{pulled}");
    assert!(pulled.contains("- c-value is skipped: its schema is invalid Avro"), "{pulled}");
    assert!(project.path("schemas/A.avsc").exists());
    let refused = project.run(&["pull", "b-value", "--registry", &url]).expect(1).errors;
    assert!(refused.contains("of type PROTOBUF"), "{refused}");
}

#[test]
fn a_registry_without_a_check_for_the_level_is_asked_for_the_latest() {
    let refusal =
        "Incompatible schema, compatibility_mode=BACKWARD, incompatibilities: READER_FIELD_MISSING_DEFAULT_VALUE";
    let refused = move || Some((409, format!(r#"{{"error_code":409,"message":"{refusal}"}}"#)));
    let url = answering(move |path| match path {
        "POST /subjects/customer-value" => {
            Some((404, r#"{"error_code":40403,"message":"Schema not found"}"#.to_owned()))
        }
        "POST /subjects/customer-value/versions" => refused(),
        "GET /subjects/customer-value/versions" => Some((200, "[1]".to_owned())),
        "GET /subjects/customer-value/versions/1" => {
            Some((200, r#"{"subject":"customer-value","version":1,"id":1,"schema":"\"int\""}"#.to_owned()))
        }
        "POST /compatibility/subjects/customer-value/versions/latest?verbose=true" => {
            Some((200, r#"{"is_compatible":false}"#.to_owned()))
        }
        path if path.starts_with("GET /config") => Some((200, r#"{"compatibilityLevel":"BACKWARD"}"#.to_owned())),
        _ => None,
    });
    let project = Project::of_customers();
    let register = ["register", "com.example.Customer", "--subject", "customer-value", "--registry", &url];
    let tried = project.run(&[&register[..], &["--dry-run"]].concat()).expect(1).out;
    assert!(tried.contains("is refused as a new version of customer-value"), "{tried}");
    let refused = project.run(&register).expect(1).out;
    assert!(refused.contains(&format!("  the registry: {refusal}")), "{refused}");
    assert!(refused.contains("the level is BACKWARD"), "{refused}");
}

#[test]
fn subjects_cannot_lead_out_of_the_folder() {
    let registry = Registry::start();
    let client = registry.client();
    for subject in ["../../x", "/etc/x", "a\\..\\b", "..%2F..%2Fy"] {
        registry.wait(client.register(subject, &r#"{"type":"array","items":"int"}"#.into())).expect(subject);
    }
    let project = Project::new(&[]);
    project.run(&["pull", "--all", "--registry", &registry.url()]).expect(0);
    let files = std::fs::read_dir(project.path("schemas")).expect("a folder").count();
    assert_eq!(files, 4, "one for each subject");
    for outside in ["x.avsc", "../x.avsc", "../../x.avsc"] {
        assert!(!project.path(outside).exists(), "{outside}");
    }
    let beside: Vec<_> =
        std::fs::read_dir(project.path("")).expect("a folder").flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(beside.len(), 2, "schemas and the lock: {beside:?}");
}
