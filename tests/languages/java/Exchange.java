import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Future;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Sends and reads messages with Kafka's own client and Avro. The page beside this folder has the jobs. */
public final class Exchange {
  private static final String BROKERS = System.getenv("KAFKA_BOOTSTRAP_SERVERS");
  private static final String REGISTRY = System.getenv("SCHEMA_REGISTRY_URL");
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** A topic's keys or values: the newest schema, its id, and how it is framed. */
  private static final class Part {
    final boolean hasMagicByte;
    final int id;
    final Map<Integer, Schema> schemas = new HashMap<>();

    Part(String topic, String name, String framing) throws Exception {
      hasMagicByte = framing.equals("confluent");
      JsonNode latest = ask("/subjects/" + topic + "-" + name + "/versions/latest");
      id = latest.get("id").asInt();
      schemas.put(id, new Schema.Parser().parse(latest.get("schema").asText()));
    }

    byte[] write(JsonNode form) throws IOException {
      ByteArrayOutputStream payload = new ByteArrayOutputStream();
      if (hasMagicByte) payload.write(0);
      payload.writeBytes(ByteBuffer.allocate(4).putInt(id).array());
      payload.writeBytes(datum(schemas.get(id), NormalForm.value(schemas.get(id), form)));
      return payload.toByteArray();
    }

    /** The common form, and the datum that is written of what was read. */
    Map.Entry<JsonNode, byte[]> read(byte[] payload) throws Exception {
      ByteBuffer buffer = ByteBuffer.wrap(payload);
      if (hasMagicByte && buffer.get() != 0) throw new IOException("the magic byte is not 0");
      int writer = buffer.getInt();
      if (!schemas.containsKey(writer)) {
        schemas.put(writer, new Schema.Parser().parse(ask("/schemas/ids/" + writer).get("schema").asText()));
      }
      Schema schema = schemas.get(writer);
      var reader = new GenericDatumReader<Object>(schema, schema, NormalForm.DATA);
      var decoder = DecoderFactory.get().binaryDecoder(payload, buffer.position(), buffer.remaining(), null);
      Object value = reader.read(null, decoder);
      if (!decoder.isEnd()) throw new IOException("bytes are left");
      return Map.entry(NormalForm.normal(schema, value), datum(schema, value));
    }

    private static byte[] datum(Schema schema, Object value) throws IOException {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
      new GenericDatumWriter<Object>(schema, NormalForm.DATA).write(value, encoder);
      encoder.flush();
      return bytes.toByteArray();
    }
  }

  private static JsonNode ask(String path) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(REGISTRY + path)).build();
    HttpResponse<String> answer = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200) throw new IOException(path + ": " + answer.statusCode() + " " + answer.body());
    return MAPPER.readTree(answer.body());
  }

  private static Part part(JsonNode job, String name) throws Exception {
    return new Part(job.get("topic").asText(), name, job.get("framing").asText());
  }

  private static Part keys(JsonNode job) throws Exception {
    return job.get("keys").asText().equals("avro") ? part(job, "key") : null;
  }

  private static JsonNode produce(JsonNode job) throws Exception {
    String topic = job.get("topic").asText();
    Part keys = keys(job);
    Part values = part(job, "value");
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", BROKERS);
    settings.put("compression.type", job.get("codec").asText());
    settings.put("linger.ms", 20);
    boolean isTransaction = job.has("transaction");
    if (isTransaction) settings.put("transactional.id", topic);
    List<Future<?>> sent = new ArrayList<>();
    try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      if (isTransaction) {
        producer.initTransactions();
        producer.beginTransaction();
      }
      for (JsonNode message : job.get("messages")) {
        JsonNode key = message.get("key");
        JsonNode value = message.get("value");
        byte[] keyBytes = keys == null ? key.asText().getBytes(StandardCharsets.UTF_8) : keys.write(key);
        sent.add(producer.send(new ProducerRecord<>(topic, keyBytes, value.isNull() ? null : values.write(value))));
      }
      producer.flush();
      for (Future<?> delivery : sent) delivery.get();
      if (isTransaction && job.get("transaction").asText().equals("abort")) producer.abortTransaction();
      else if (isTransaction) producer.commitTransaction();
    }
    return JSON.objectNode().put("sent", sent.size());
  }

  private static JsonNode consume(JsonNode job) throws Exception {
    Part keys = keys(job);
    Part values = part(job, "value");
    TopicPartition partition = new TopicPartition(job.get("topic").asText(), 0);
    Map<String, Object> settings = Map.of("bootstrap.servers", BROKERS, "isolation.level", "read_committed");
    ArrayNode messages = JSON.arrayNode();
    try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      while (consumer.position(partition) < end) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
          ObjectNode message = messages.addObject();
          message.set("key", keys == null
              ? JSON.textNode(new String(record.key(), StandardCharsets.UTF_8)) : keys.read(record.key()).getKey());
          var value = record.value() == null ? null : values.read(record.value());
          message.set("value", value == null ? JSON.nullNode() : value.getKey());
          message.put("datum", value == null ? null : HexFormat.of().formatHex(value.getValue()));
        }
      }
    }
    return JSON.objectNode().set("messages", messages);
  }

  private static JsonNode versions() throws IOException {
    Properties kafka = new Properties();
    try (var file = KafkaProducer.class.getResourceAsStream("/kafka/kafka-version.properties")) {
      kafka.load(file);
    }
    String avro = Schema.class.getPackage().getImplementationVersion();
    return JSON.objectNode()
        .put("transactions", true)
        .put("language", "Java " + System.getProperty("java.version"))
        .put("libraries", "kafka-clients " + kafka.getProperty("version") + ", avro " + avro);
  }

  public static void main(String[] arguments) throws IOException {
    PrintStream answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    var jobs = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = jobs.readLine(); line != null; line = jobs.readLine()) {
      JsonNode answer;
      try {
        JsonNode job = MAPPER.readTree(line);
        answer = switch (job.get("do").asText()) {
          case "versions" -> versions();
          case "produce" -> produce(job);
          case "consume" -> consume(job);
          default -> throw new IllegalArgumentException("unknown job " + job.get("do"));
        };
      } catch (Exception error) {
        answer = JSON.objectNode().put("error", error.toString());
      }
      answers.println(MAPPER.writeValueAsString(answer));
    }
  }

  private Exchange() {}
}
