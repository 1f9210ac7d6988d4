package io.ebpflb.runtime.admin;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** Streams JSON: {@code snake_case} names, UTC times with milliseconds, a final line feed. */
final class Json implements AutoCloseable {

  private static final double WHOLE_MAX = 1L << 53;

  private final OutputStreamWriter out;
  private final JsonWriter writer;

  Json(OutputStream stream) {
    this.out = new OutputStreamWriter(stream, StandardCharsets.UTF_8);
    this.writer = new JsonWriter(out);
  }

  /** A write that fails only as the stream below it does, which a {@link Body} never does. */
  private interface Step {
    void run() throws IOException;
  }

  Json object() {
    return step(writer::beginObject);
  }

  Json object(String name) {
    return step(() -> writer.name(name).beginObject());
  }

  Json endObject() {
    return step(writer::endObject);
  }

  Json array(String name) {
    return step(() -> writer.name(name).beginArray());
  }

  Json endArray() {
    return step(writer::endArray);
  }

  Json value(String value) {
    return step(() -> writer.value(value));
  }

  Json field(String name, String value) {
    return step(() -> writer.name(name).value(value));
  }

  Json field(String name, long value) {
    return step(() -> writer.name(name).value(value));
  }

  Json field(String name, boolean value) {
    return step(() -> writer.name(name).value(value));
  }

  /** Whole numbers without a fraction. */
  Json field(String name, double value) {
    return value == Math.rint(value) && Math.abs(value) <= WHOLE_MAX
        ? field(name, (long) value)
        : step(() -> writer.name(name).value(value));
  }

  /**
   * A value whose type is known only now. JSON has no word for a Double that is not finite; it
   * becomes a string.
   *
   * @param value a String, Boolean, Integer, Long or Double
   */
  Json scalar(String name, Object value) {
    if (value instanceof Boolean truth) {
      return field(name, truth.booleanValue());
    }
    if (value instanceof Double number) {
      return number.isNaN() || number.isInfinite()
          ? field(name, number.toString())
          : field(name, number.doubleValue());
    }
    return value instanceof Number number
        ? field(name, number.longValue())
        : field(name, value.toString());
  }

  /**
   * A value that a config holds.
   *
   * @param value a Map, List, String, Boolean or finite Number
   */
  Json tree(Object value) {
    if (value instanceof Map<?, ?> map) {
      object();
      map.forEach((name, each) -> step(() -> writer.name((String) name)).tree(each));
      return endObject();
    }
    if (value instanceof List<?> list) {
      step(writer::beginArray);
      list.forEach(this::tree);
      return endArray();
    }
    if (value instanceof Number number) {
      return step(() -> writer.value(number));
    }
    return value instanceof Boolean truth ? step(() -> writer.value(truth)) : value((String) value);
  }

  Json field(String name, Instant value) {
    return field(name, value.truncatedTo(ChronoUnit.MILLIS).toString());
  }

  Json text(String name, Optional<String> value) {
    return value.map(present -> field(name, present)).orElseGet(() -> nothing(name));
  }

  Json time(String name, Optional<Instant> value) {
    return value.map(present -> field(name, present)).orElseGet(() -> nothing(name));
  }

  Json counts(String name, Map<String, Long> counts) {
    object(name);
    counts.forEach(this::field);
    return endObject();
  }

  Json number(String name, OptionalDouble value) {
    return value.isPresent() ? field(name, value.getAsDouble()) : nothing(name);
  }

  Json integer(String name, OptionalInt value) {
    return value.isPresent() ? field(name, value.getAsInt()) : nothing(name);
  }

  Json nothing(String name) {
    return step(() -> writer.name(name).nullValue());
  }

  private Json step(Step step) {
    try {
      step.run();
      return this;
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  @Override
  public void close() {
    step(
        () -> {
          writer.flush();
          out.write('\n');
          out.close();
        });
  }
}
