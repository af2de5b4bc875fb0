// Sends and reads messages with kafkajs and @kafkajs/confluent-schema-registry, whose Avro library is avsc. The page
// beside this folder has the jobs.

'use strict'

const readline = require('node:readline')
const avro = require('avsc')
const { SchemaRegistry, SchemaType } = require('@kafkajs/confluent-schema-registry')
const { CompressionCodecs, CompressionTypes, Kafka, logLevel } = require('kafkajs')
const { native, normal, resolve } = require('./normal_form')
const { dependencies } = require('./package.json')

// kafkajs itself has gzip alone. `kafkajs-lz4` and `@kafkajs/zstd` are compiled when they are installed, with a C++
// compiler and the headers of Node, so that these two come from other packages.
CompressionCodecs[CompressionTypes.Snappy] = require('kafkajs-snappy')
const lz4 = require('lz4-napi')
CompressionCodecs[CompressionTypes.LZ4] = () => ({
  compress: encoder => lz4.compressFrame(encoder.buffer),
  decompress: buffer => lz4.decompressFrame(buffer),
})
const zstd = new Promise(done => require('zstd-codec').ZstdCodec.run(zstd => done(new zstd.Streaming())))
CompressionCodecs[CompressionTypes.ZSTD] = () => ({
  compress: async encoder => Buffer.from((await zstd).compress(encoder.buffer)),
  decompress: async buffer => Buffer.from((await zstd).decompress(buffer)),
})
const CODECS = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
  lz4: CompressionTypes.LZ4,
  zstd: CompressionTypes.ZSTD,
}

const bigLong = avro.types.LongType.__with({
  fromBuffer: buffer => buffer.readBigInt64LE(),
  toBuffer: number => {
    const buffer = Buffer.alloc(8)
    buffer.writeBigInt64LE(number)
    return buffer
  },
  fromJSON: BigInt,
  toJSON: String,
  isValid: number => typeof number === 'bigint',
  compare: (one, other) => (one === other ? 0 : one < other ? -1 : 1),
})
const AVSC = {
  // Without this a value of a union does not name its branch.
  wrapUnions: true,
  typeHook: schema => (schema === 'long' || schema.type === 'long' ? bigLong : undefined),
}

const kafka = new Kafka({ brokers: process.env.KAFKA_BOOTSTRAP_SERVERS.split(','), logLevel: logLevel.ERROR })
const registry = new SchemaRegistry({ host: process.env.SCHEMA_REGISTRY_URL }, { [SchemaType.AVRO]: AVSC })

// A zero, four bytes of schema id, and the datum: what the registry's package writes and reads.
const confluent = {
  write: ({ id }, value) => registry.encode(id, value),
  read: payload => registry.decode(payload),
}

// Four bytes of schema id and the datum, as services write it by hand.
const bare = {
  async write({ id, type }, value) {
    const prefix = Buffer.alloc(4)
    prefix.writeUInt32BE(id)
    return Buffer.concat([prefix, type.toBuffer(value)])
  },
  async read(payload) {
    return (await typeOf(payload.readUInt32BE(0))).fromBuffer(payload.subarray(4))
  },
}

const FRAMINGS = { confluent, bare }

async function typeOf(id) {
  return registry.getSchema(id)
}

// The package keeps a schema as a type of avsc, which has lost the logical types.
async function source(id) {
  const answer = await fetch(`${process.env.SCHEMA_REGISTRY_URL}/schemas/ids/${id}`)
  return JSON.parse((await answer.json()).schema)
}

// A topic's keys or values: the newest schema, its id, and how it is framed.
async function part(topic, name, framing) {
  const id = await registry.getLatestSchemaId(`${topic}-${name}`)
  return { id, type: await typeOf(id), node: resolve(await source(id)), ...framing }
}

async function parts(job) {
  const framing = FRAMINGS[job.framing]
  const keys = job.keys === 'avro' ? await part(job.topic, 'key', framing) : null
  return { keys, values: await part(job.topic, 'value', framing) }
}

async function produce(job) {
  const { keys, values } = await parts(job)
  const encoded = async (part, form) => (form === null ? null : part.write(part, native(part.node, form)))
  const messages = []
  for (const { key, value } of job.messages) {
    messages.push({ key: keys ? await encoded(keys, key) : key, value: await encoded(values, value), partition: 0 })
  }
  const producer = kafka.producer()
  await producer.connect()
  await producer.send({ topic: job.topic, compression: CODECS[job.codec], messages })
  await producer.disconnect()
  return { sent: messages.length }
}

async function consume(job) {
  const { keys, values } = await parts(job)
  const admin = kafka.admin()
  await admin.connect()
  const [{ high }] = await admin.fetchTopicOffsets(job.topic)
  await admin.disconnect()
  const consumer = kafka.consumer({ groupId: `${job.topic}-node` })
  await consumer.connect()
  await consumer.subscribe({ topic: job.topic, fromBeginning: true })
  const messages = []
  await new Promise((done, failed) => {
    // What passes, such as a coordinator that still loads its groups, makes the consumer start again by itself.
    consumer.on(consumer.events.CRASH, ({ payload }) => payload.restart || failed(payload.error))
    const eachMessage = async ({ message: { key, value, offset } }) => {
      try {
        const form = { key: keys ? normal(keys.node, await keys.read(key)) : key.toString(), value: null, datum: null }
        if (value !== null) {
          const read = await values.read(value)
          form.value = normal(values.node, read)
          form.datum = values.type.toBuffer(read).toString('hex')
        }
        messages.push(form)
      } catch (error) {
        failed(error)
      }
      if (BigInt(offset) + 1n === BigInt(high)) done()
    }
    consumer.run({ eachMessage }).catch(failed)
  }).finally(() => consumer.disconnect())
  return { messages }
}

async function versions() {
  const libraries = Object.entries(dependencies).map(([name, version]) => `${name} ${version}`)
  return { language: `Node ${process.versions.node}`, libraries: libraries.join(', ') }
}

const JOBS = { versions, produce, consume }

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    let answer
    try {
      const job = JSON.parse(line)
      answer = await JOBS[job.do](job)
    } catch (error) {
      answer = { error: String(error.stack ?? error) }
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`)
  }
}

main()
