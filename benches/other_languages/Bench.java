// Times Java's Avro on the messages of a folder, and prints a line of JSON for each operation.

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

final class Bench {
  private static final int ROUNDS = 21;
  private static final long WARM_UP_NS = 700_000_000L;
  private static final long ROUND_NS = 10_000_000L;

  /** Keeps results alive. */
  private static Object sink;

  interface Pass {
    void run() throws IOException;
  }

  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    List<Path> files;
    try (Stream<Path> list = Files.list(folder)) {
      files = list.filter(file -> file.toString().endsWith(".bin")).sorted().toList();
    }
    for (Path file : files) {
      String name = file.getFileName().toString();
      measureAll(folder, name.substring(0, name.length() - ".bin".length()), data(file));
    }
  }

  private static void measureAll(Path folder, String workload, List<byte[]> encoded) throws IOException {
    Schema writer = schema(folder.resolve(workload + ".avsc"));
    Path reader = folder.resolve(workload + ".reader.avsc");
    if (Files.exists(reader)) {
      GenericDatumReader<Object> resolving = new GenericDatumReader<>(writer, schema(reader));
      print(workload, "decode as version 2", encoded.size(), () -> decodeAll(resolving, encoded));
      return;
    }
    GenericDatumReader<Object> plain = new GenericDatumReader<>(writer);
    List<Object> values = new ArrayList<>();
    for (byte[] bytes : encoded) {
      values.add(plain.read(null, DecoderFactory.get().binaryDecoder(bytes, null)));
    }
    GenericDatumWriter<Object> datumWriter = new GenericDatumWriter<>(writer);
    ByteArrayOutputStream out = new ByteArrayOutputStream(1 << 16);
    BinaryEncoder[] encoder = {null};
    print(workload, "encode", values.size(), () -> {
      for (Object value : values) {
        out.reset();
        encoder[0] = EncoderFactory.get().directBinaryEncoder(out, encoder[0]);
        datumWriter.write(value, encoder[0]);
      }
      sink = out;
    });
    print(workload, "decode to owned values", encoded.size(), () -> decodeAll(plain, encoded));
  }

  private static void decodeAll(GenericDatumReader<Object> reader, List<byte[]> encoded) throws IOException {
    BinaryDecoder decoder = null;
    for (byte[] bytes : encoded) {
      decoder = DecoderFactory.get().binaryDecoder(bytes, decoder);
      sink = reader.read(null, decoder);
    }
  }

  private static void print(String workload, String operation, int messages, Pass pass) throws IOException {
    long start = System.nanoTime();
    int passes = 0;
    while (System.nanoTime() - start < WARM_UP_NS) {
      pass.run();
      passes++;
    }
    int perRound = (int) Math.max(1, passes * ROUND_NS / WARM_UP_NS);
    double[] times = new double[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      long begin = System.nanoTime();
      for (int i = 0; i < perRound; i++) {
        pass.run();
      }
      times[round] = (double) (System.nanoTime() - begin) / perRound / messages;
    }
    Arrays.sort(times);
    System.out.printf(
        java.util.Locale.ROOT,
        "{\"workload\":\"%s\",\"operation\":\"%s\",\"candidate\":\"Avro for Java, GenericRecord\",\"median_ns\":%.2f}%n",
        workload, operation, times[ROUNDS / 2]);
  }

  private static Schema schema(Path path) throws IOException {
    return new Schema.Parser().parse(Files.readString(path));
  }

  /** The data of a workload: each is behind its length. */
  private static List<byte[]> data(Path path) throws IOException {
    ByteBuffer content = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
    List<byte[]> list = new ArrayList<>();
    while (content.hasRemaining()) {
      byte[] bytes = new byte[content.getInt()];
      content.get(bytes);
      list.add(bytes);
    }
    return list;
  }
}
