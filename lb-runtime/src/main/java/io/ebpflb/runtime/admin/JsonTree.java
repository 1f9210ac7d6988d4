package io.ebpflb.runtime.admin;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.MalformedJsonException;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A JSON object of a request, read strictly: no key twice, nothing behind it. Becomes maps, lists,
 * String, BigDecimal and Boolean; a key whose value is null is as good as absent.
 */
final class JsonTree {

  private static final int DEPTH_MAX = 12;

  private final JsonReader reader;

  private JsonTree(JsonReader reader) {
    this.reader = reader;
  }

  /**
   * @throws ProblemException if the bytes are no such object
   */
  static Map<String, Object> parse(byte[] bytes) {
    try (JsonReader reader = new JsonReader(new StringReader(text(bytes)))) {
      reader.setStrictness(Strictness.STRICT);
      Map<String, Object> object = new JsonTree(reader).object(0);
      // Throws if anything follows.
      reader.peek();
      return object;
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

  private Map<String, Object> object(int depth) throws IOException {
    Map<String, Object> object = new LinkedHashMap<>();
    reader.beginObject();
    while (reader.hasNext()) {
      String name = reader.nextName();
      if (object.containsKey(name)) {
        throw ProblemException.badRequest("the body says " + name + " twice");
      }
      object.put(name, value(name, depth + 1));
    }
    reader.endObject();
    object.values().removeIf(value -> value == null);
    return object;
  }

  private List<Object> list(String name, int depth) throws IOException {
    List<Object> list = new ArrayList<>();
    reader.beginArray();
    while (reader.hasNext()) {
      Object element = value(name, depth + 1);
      if (element == null) {
        throw ProblemException.badRequest(name + ": null in a list");
      }
      list.add(element);
    }
    reader.endArray();
    return list;
  }

  private Object value(String name, int depth) throws IOException {
    if (depth > DEPTH_MAX) {
      throw ProblemException.badRequest(name + ": nested too deeply");
    }
    switch (reader.peek()) {
      case STRING:
        return reader.nextString();
      case NUMBER:
        return new BigDecimal(reader.nextString());
      case BOOLEAN:
        return reader.nextBoolean();
      case BEGIN_OBJECT:
        return object(depth);
      case BEGIN_ARRAY:
        return list(name, depth);
      default:
        reader.nextNull();
        return null;
    }
  }
}
