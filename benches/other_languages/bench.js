// Times avsc on the messages of a folder, and prints a line of JSON for each operation.
'use strict';
const avro = require('avsc');
const fs = require('fs');
const path = require('path');

const ROUNDS = 21;
const ROUND_NS = 10e6;

/** The data of a workload: each is behind its length. */
function data(file) {
  const bytes = fs.readFileSync(file);
  const list = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + 4 + bytes.readUInt32LE(at);
    list.push(Buffer.from(bytes.subarray(at + 4, end)));
    at = end;
  }
  return list;
}

function elapsed(pass, passes) {
  const start = process.hrtime.bigint();
  for (let i = 0; i < passes; i++) pass();
  return Number(process.hrtime.bigint() - start);
}

/** The median time of a message, once the code is compiled. */
function measure(messages, pass) {
  for (const end = Date.now() + 400; Date.now() < end;) pass();
  const passes = Math.max(1, Math.round(ROUND_NS / elapsed(pass, 1)));
  const times = Array.from({ length: ROUNDS }, () => elapsed(pass, passes) / passes / messages);
  return times.sort((a, b) => a - b)[ROUNDS >> 1];
}

let sink = 0;
const folder = process.argv[2];
for (const file of fs.readdirSync(folder).filter((name) => name.endsWith('.bin')).sort()) {
  const workload = file.slice(0, -4);
  const schema = (ending) => JSON.parse(fs.readFileSync(path.join(folder, workload + ending), 'utf8'));
  const print = (operation, messages, pass) => {
    const line = { workload, operation, candidate: 'avsc (Node)', median_ns: measure(messages, pass) };
    console.log(JSON.stringify(line));
  };
  const encoded = data(path.join(folder, file));
  const writer = avro.Type.forSchema(schema('.avsc'));
  if (fs.existsSync(path.join(folder, workload + '.reader.avsc'))) {
    const reader = avro.Type.forSchema(schema('.reader.avsc'));
    const resolver = reader.createResolver(writer);
    print('decode as version 2', encoded.length, () => {
      for (const bytes of encoded) sink ^= reader.fromBuffer(bytes, resolver) ? 1 : 0;
    });
    continue;
  }
  const values = encoded.map((bytes) => writer.fromBuffer(bytes));
  const buffer = Buffer.alloc(1 << 20);
  encoded.forEach((bytes, index) => {
    const length = writer.encode(values[index], buffer, 0);
    if (!buffer.subarray(0, length).equals(bytes)) throw new Error(`${workload}: avsc writes other bytes`);
  });
  print('encode', values.length, () => {
    for (const value of values) sink ^= writer.encode(value, buffer, 0);
  });
  print('decode to owned values', encoded.length, () => {
    for (const bytes of encoded) sink ^= writer.fromBuffer(bytes) ? 1 : 0;
  });
}
