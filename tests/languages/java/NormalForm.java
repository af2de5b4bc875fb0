import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.avro.Conversion;
import org.apache.avro.Conversions;
import org.apache.avro.Schema;
import org.apache.avro.data.TimeConversions;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericFixed;
import org.apache.avro.generic.IndexedRecord;

/** The common form of values, from and to Avro's generic data with its conversions of logical types. */
final class NormalForm {
  private static final DateTimeFormatter DATE_TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSSSS");
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSSSSSSSS");
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  static final GenericData DATA = data();

  private static GenericData data() {
    GenericData data = new GenericData();
    List<Conversion<?>> conversions =
        List.of(
            new Conversions.DecimalConversion(),
            new Conversions.UUIDConversion(),
            new TimeConversions.DateConversion(),
            new TimeConversions.TimeMillisConversion(),
            new TimeConversions.TimeMicrosConversion(),
            new TimeConversions.TimestampMillisConversion(),
            new TimeConversions.TimestampMicrosConversion(),
            new TimeConversions.TimestampNanosConversion(),
            new TimeConversions.LocalTimestampMillisConversion(),
            new TimeConversions.LocalTimestampMicrosConversion(),
            new TimeConversions.LocalTimestampNanosConversion());
    conversions.forEach(data::addLogicalTypeConversion);
    return data;
  }

  private static String logical(Schema schema) {
    return schema.getLogicalType() == null ? "" : schema.getLogicalType().getName();
  }

  static JsonNode normal(Schema schema, Object value) {
    switch (schema.getType()) {
      case UNION -> {
        if (value == null) return JSON.nullNode();
        Schema branch = schema.getTypes().get(DATA.resolveUnion(schema, value));
        return JSON.objectNode().set(branch.getFullName(), normal(branch, value));
      }
      case RECORD -> {
        ObjectNode record = JSON.objectNode();
        schema.getFields().forEach(
            field -> record.set(field.name(), normal(field.schema(), ((IndexedRecord) value).get(field.pos()))));
        return record;
      }
      case ARRAY -> {
        ArrayNode array = JSON.arrayNode();
        ((Iterable<?>) value).forEach(item -> array.add(normal(schema.getElementType(), item)));
        return array;
      }
      case MAP -> {
        ObjectNode map = JSON.objectNode();
        ((Map<?, ?>) value).forEach((key, item) -> map.set(key.toString(), normal(schema.getValueType(), item)));
        return map;
      }
      default -> {
        return leaf(schema, value);
      }
    }
  }

  private static JsonNode leaf(Schema schema, Object value) {
    if (value == null) return JSON.nullNode();
    if (value instanceof Boolean truth) return JSON.booleanNode(truth);
    if (value instanceof Integer number) return JSON.numberNode(number);
    if (value instanceof Float number) return JSON.textNode("%08x".formatted(Float.floatToIntBits(number)));
    if (value instanceof Double number) return JSON.textNode("%016x".formatted(Double.doubleToLongBits(number)));
    if (value instanceof BigDecimal number) return JSON.textNode(number.toPlainString());
    if (value instanceof Instant instant) return JSON.textNode(DATE_TIME.format(instant.atOffset(ZoneOffset.UTC)) + "Z");
    if (value instanceof LocalDateTime local) return JSON.textNode(DATE_TIME.format(local));
    if (value instanceof LocalTime time) return JSON.textNode(TIME.format(time));
    if (value instanceof ByteBuffer buffer) {
      byte[] bytes = new byte[buffer.remaining()];
      buffer.duplicate().get(bytes);
      return JSON.textNode(HexFormat.of().formatHex(bytes));
    }
    if (value instanceof GenericFixed fixed) {
      if (logical(schema).equals("duration")) {
        ByteBuffer numbers = ByteBuffer.wrap(fixed.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        ObjectNode duration = JSON.objectNode();
        for (String name : List.of("months", "days", "millis")) {
          duration.put(name, Integer.toUnsignedLong(numbers.getInt()));
        }
        return duration;
      }
      return JSON.textNode(HexFormat.of().formatHex(fixed.bytes()));
    }
    // Text, symbols, dates, UUIDs and longs.
    return JSON.textNode(value.toString());
  }

  static Object value(Schema schema, JsonNode form) {
    switch (schema.getType()) {
      case UNION -> {
        if (form.isNull()) return null;
        Map.Entry<String, JsonNode> tagged = form.properties().iterator().next();
        return value(schema.getTypes().get(schema.getIndexNamed(tagged.getKey())), tagged.getValue());
      }
      case RECORD -> {
        GenericData.Record record = new GenericData.Record(schema);
        schema.getFields().forEach(field -> record.put(field.pos(), value(field.schema(), form.get(field.name()))));
        return record;
      }
      case ARRAY -> {
        List<Object> array = new ArrayList<>();
        form.forEach(item -> array.add(value(schema.getElementType(), item)));
        return array;
      }
      case MAP -> {
        Map<String, Object> map = new HashMap<>();
        form.properties().forEach(
            entry -> map.put(entry.getKey(), value(schema.getValueType(), entry.getValue())));
        return map;
      }
      default -> {
        return leafValue(schema, form);
      }
    }
  }

  private static Object leafValue(Schema schema, JsonNode form) {
    String text = form.asText();
    switch (logical(schema)) {
      case "decimal":
        return new BigDecimal(text);
      case "uuid":
        return UUID.fromString(text);
      case "date":
        return LocalDate.parse(text);
      case "time-millis", "time-micros":
        return LocalTime.parse(text);
      case "timestamp-millis", "timestamp-micros", "timestamp-nanos":
        return Instant.parse(text);
      case "local-timestamp-millis", "local-timestamp-micros", "local-timestamp-nanos":
        return LocalDateTime.parse(text);
      case "duration":
        ByteBuffer bytes = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
        for (String name : List.of("months", "days", "millis")) {
          bytes.putInt((int) form.get(name).asLong());
        }
        return new GenericData.Fixed(schema, bytes.array());
      default:
        break;
    }
    return switch (schema.getType()) {
      case NULL -> null;
      case BOOLEAN -> form.asBoolean();
      case INT -> form.intValue();
      case LONG -> Long.valueOf(text);
      case FLOAT -> Float.intBitsToFloat(Integer.parseUnsignedInt(text, 16));
      case DOUBLE -> Double.longBitsToDouble(Long.parseUnsignedLong(text, 16));
      case BYTES -> ByteBuffer.wrap(HexFormat.of().parseHex(text));
      case FIXED -> new GenericData.Fixed(schema, HexFormat.of().parseHex(text));
      case ENUM -> new GenericData.EnumSymbol(schema, text);
      default -> text;
    };
  }

  private NormalForm() {}
}
