// The common form of values, from and to what avsc reads and writes. It has no logical types of its own, so that dates,
// decimals and the like are made of numbers and bytes here. Longs are BigInt: numbers of JavaScript end at 2^53.

'use strict'

const PRIMITIVES = ['null', 'boolean', 'int', 'long', 'float', 'double', 'string', 'bytes']

// How many units of a logical type are in a second.
const UNITS = {
  'timestamp-millis': 1000n,
  'timestamp-micros': 1000000n,
  'timestamp-nanos': 1000000000n,
  'local-timestamp-millis': 1000n,
  'local-timestamp-micros': 1000000n,
  'local-timestamp-nanos': 1000000000n,
  'time-millis': 1000n,
  'time-micros': 1000000n,
}
const DAY_MILLIS = 86400000

// A schema with every name replaced by its definition, as a function since types may contain themselves.
function resolve(schema, namespace, names) {
  if (Array.isArray(schema)) {
    return { kind: 'union', branches: schema.map(branch => resolve(branch, namespace, names)) }
  }
  if (typeof schema === 'string') {
    if (PRIMITIVES.includes(schema)) return { kind: schema }
    return names[qualified(schema, namespace)]
  }
  const kind = schema.type
  if (typeof kind !== 'string') return resolve(kind, namespace, names)
  const node = { kind, logical: schema.logicalType, scale: schema.scale ?? 0, size: schema.size }
  if (schema.name) {
    node.name = qualified(schema.name, schema.namespace ?? namespace)
    names[node.name] = node
    namespace = node.name.split('.').slice(0, -1).join('.')
  }
  if (kind === 'record') {
    node.fields = schema.fields.map(({ name, type }) => ({ name, node: resolve(type, namespace, names) }))
  } else if (kind === 'array') {
    node.items = resolve(schema.items, namespace, names)
  } else if (kind === 'map') {
    node.values = resolve(schema.values, namespace, names)
  } else if (!PRIMITIVES.includes(kind) && !['enum', 'fixed'].includes(kind)) {
    return names[qualified(kind, namespace)]
  }
  return node
}

function qualified(name, namespace) {
  return name.includes('.') || !namespace ? name : `${namespace}.${name}`
}

function branchOf(union, name) {
  return union.branches.find(branch => (branch.name ?? branch.kind) === name)
}

function mapped(object, work) {
  // A map may have a key `__proto__`, which an assignment would not make an entry.
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, work(value)]))
}

function floatBits(value, size) {
  const buffer = Buffer.alloc(size)
  if (size === 4) buffer.writeFloatBE(value)
  else buffer.writeDoubleBE(value)
  return buffer.toString('hex')
}

function floored(number, divisor) {
  const rest = ((number % divisor) + divisor) % divisor
  return [(number - rest) / divisor, rest]
}

function nanosText(rest, unit) {
  return String((rest * 1000000000n) / unit).padStart(9, '0')
}

function dateTimeText(number, unit) {
  const [seconds, rest] = floored(BigInt(number), unit)
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}.${nanosText(rest, unit)}`
}

function dateTimeNumber(text, unit) {
  const seconds = BigInt(Date.parse(`${text.slice(0, 19)}Z`) / 1000)
  return seconds * unit + (BigInt(text.slice(20, 29)) * unit) / 1000000000n
}

function decimalText(bytes, scale) {
  const unscaled = BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex') || '0'}`))
  const sign = unscaled < 0n ? '-' : ''
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0')
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

// Two's complement, the highest byte first: in as few bytes as it takes, or in so many.
function decimalBytes(text, size) {
  const unscaled = BigInt(text.replace('.', ''))
  let length = size ?? 1
  while (BigInt.asIntN(length * 8, unscaled) !== unscaled) length += 1
  return Buffer.from(BigInt.asUintN(length * 8, unscaled).toString(16).padStart(length * 2, '0'), 'hex')
}

function uuidText(hex) {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

function normal(node, value) {
  const { kind, logical } = node
  if (kind === 'union') {
    if (value === null) return null
    const [[name, inner]] = Object.entries(value)
    return { [name]: normal(branchOf(node, name), inner) }
  }
  if (kind === 'record') return Object.fromEntries(node.fields.map(({ name, node }) => [name, normal(node, value[name])]))
  if (kind === 'array') return value.map(item => normal(node.items, item))
  if (kind === 'map') return mapped(value, item => normal(node.values, item))
  if (logical === 'date') return new Date(value * DAY_MILLIS).toISOString().slice(0, 10)
  if (logical?.startsWith('time-')) return dateTimeText(value, UNITS[logical]).slice(11)
  if (logical?.startsWith('local-timestamp-')) return dateTimeText(value, UNITS[logical])
  if (logical?.startsWith('timestamp-')) return `${dateTimeText(value, UNITS[logical])}Z`
  if (logical === 'decimal') return decimalText(value, node.scale)
  if (logical === 'uuid') return kind === 'fixed' ? uuidText(value.toString('hex')) : value
  if (logical === 'duration') {
    return { months: value.readUInt32LE(0), days: value.readUInt32LE(4), millis: value.readUInt32LE(8) }
  }
  if (kind === 'long') return String(value)
  if (kind === 'float') return floatBits(value, 4)
  if (kind === 'double') return floatBits(value, 8)
  if (kind === 'bytes' || kind === 'fixed') return value.toString('hex')
  return value
}

function native(node, form) {
  const { kind, logical } = node
  if (kind === 'union') {
    if (form === null) return null
    const [[name, inner]] = Object.entries(form)
    return { [name]: native(branchOf(node, name), inner) }
  }
  if (kind === 'record') return Object.fromEntries(node.fields.map(({ name, node }) => [name, native(node, form[name])]))
  if (kind === 'array') return form.map(item => native(node.items, item))
  if (kind === 'map') return mapped(form, item => native(node.values, item))
  if (logical === 'date') return Date.parse(`${form}T00:00:00Z`) / DAY_MILLIS
  if (logical === 'time-millis') return Number(dateTimeNumber(`1970-01-01T${form}`, UNITS[logical]))
  if (logical === 'time-micros') return dateTimeNumber(`1970-01-01T${form}`, UNITS[logical])
  if (logical in UNITS) return dateTimeNumber(form, UNITS[logical])
  if (logical === 'decimal') return decimalBytes(form, node.size)
  if (logical === 'uuid') return kind === 'fixed' ? Buffer.from(form.replaceAll('-', ''), 'hex') : form
  if (logical === 'duration') {
    const bytes = Buffer.alloc(12)
    ;[form.months, form.days, form.millis].forEach((number, index) => bytes.writeUInt32LE(number, index * 4))
    return bytes
  }
  if (kind === 'long') return BigInt(form)
  if (kind === 'float') return Buffer.from(form, 'hex').readFloatBE()
  if (kind === 'double') return Buffer.from(form, 'hex').readDoubleBE()
  if (kind === 'bytes' || kind === 'fixed') return Buffer.from(form, 'hex')
  return form
}

module.exports = { resolve: schema => resolve(schema, '', {}), normal, native }
