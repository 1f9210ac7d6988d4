package io.ebpflb.runtime.admin;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.MalformedJsonException;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A flat JSON object of a request, read strictly: no key twice, none that is not known, no value of
 * another type. A key whose value is null is as good as absent.
 */
final class JsonFields {

  static final JsonFields NONE = new JsonFields(Map.of());

  private static final double WHOLE_MAX = 1L << 53;

  private final Map<String, Object> values;

  private JsonFields(Map<String, Object> values) {
    this.values = values;
  }

  /**
   * @throws ProblemException if the bytes are no such object
   */
  static JsonFields parse(byte[] bytes) {
    try (JsonReader reader = new JsonReader(new StringReader(text(bytes)))) {
      reader.setStrictness(Strictness.STRICT);
      Map<String, Object> values = new LinkedHashMap<>();
      reader.beginObject();
      while (reader.hasNext()) {
        String name = reader.nextName();
        if (values.containsKey(name)) {
          throw ProblemException.badRequest("the body says " + name + " twice");
        }
        values.put(name, value(reader, name));
      }
      reader.endObject();
      // Throws if anything follows.
      reader.peek();
      return new JsonFields(values);
    } catch (MalformedJsonException | EOFException | CharacterCodingException malformed) {
      throw ProblemException.badRequest("the body is not JSON");
    } catch (IllegalStateException | NumberFormatException other) {
      throw ProblemException.badRequest("the body is not a JSON object");
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static String text(byte[] bytes) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }

  private static Object value(JsonReader reader, String name) throws IOException {
    switch (reader.peek()) {
      case STRING:
        return reader.nextString();
      case NUMBER:
        return reader.nextDouble();
      case BOOLEAN:
        return reader.nextBoolean();
      case NULL:
        reader.nextNull();
        return null;
      default:
        throw ProblemException.badRequest(name + ": a list or an object is not expected");
    }
  }

  /** Refuses keys that are none of these. */
  JsonFields only(String... known) {
    Set<String> unknown = new TreeSet<>(values.keySet());
    unknown.removeAll(Set.of(known));
    if (!unknown.isEmpty()) {
      throw ProblemException.badRequest(
          String.join(", ", unknown)
              + ": unknown key; expected one of: "
              + String.join(", ", known));
    }
    return this;
  }

  String text(String name) {
    return findText(name).orElseThrow(() -> missing(name));
  }

  Optional<String> findText(String name) {
    return find(name, String.class, "a string");
  }

  double number(String name) {
    return find(name, Double.class, "a number").orElseThrow(() -> missing(name));
  }

  /** All that are not null, as text; whole numbers without a fraction. */
  Map<String, String> texts() {
    Map<String, String> texts = new LinkedHashMap<>();
    values.forEach(
        (name, value) -> {
          if (value != null) {
            texts.put(name, text(value));
          }
        });
    return texts;
  }

  private static String text(Object value) {
    return value instanceof Double number
            && number == Math.rint(number)
            && Math.abs(number) <= WHOLE_MAX
        ? Long.toString(number.longValue())
        : value.toString();
  }

  private <T> Optional<T> find(String name, Class<T> type, String expected) {
    Object value = values.get(name);
    if (value != null && !type.isInstance(value)) {
      throw ProblemException.badRequest(name + ": expected " + expected);
    }
    return Optional.ofNullable(type.cast(value));
  }

  private static ProblemException missing(String name) {
    return ProblemException.badRequest(name + ": missing");
  }
}
