package io.ebpflb.runtime.admin;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;

/**
 * As much of JSON Schema as the API's document uses. Stricter in one thing: a member that is not
 * documented is a mistake.
 */
final class Schema {

  private final JsonObject document;
  private final List<String> mistakes = new ArrayList<>();

  Schema(JsonObject document) {
    this.document = document;
  }

  /** What is wrong with a value. */
  List<String> check(JsonObject schema, JsonElement value) {
    mistakes.clear();
    check("$", schema, value);
    return List.copyOf(mistakes);
  }

  private void check(String at, JsonObject given, JsonElement value) {
    JsonObject schema = resolve(given);
    if (schema.has("oneOf")) {
      long fitting =
          schema.getAsJsonArray("oneOf").asList().stream()
              .filter(each -> new Schema(document).check(each.getAsJsonObject(), value).isEmpty())
              .count();
      expect(fitting == 1, at + " fits " + fitting + " of oneOf");
      return;
    }
    if (!isOfType(schema, value)) {
      mistakes.add(at + " is " + value + ", not " + schema.get("type"));
      return;
    }
    if (schema.has("enum")) {
      expect(schema.getAsJsonArray("enum").contains(value), at + " is none of enum: " + value);
    }
    if (value.isJsonArray()) {
      value
          .getAsJsonArray()
          .forEach(each -> check(at + "[]", schema.getAsJsonObject("items"), each));
    } else if (value.isJsonObject()) {
      object(at, schema, value.getAsJsonObject());
    }
  }

  private void object(String at, JsonObject schema, JsonObject value) {
    JsonObject properties = new JsonObject();
    JsonArray required = new JsonArray();
    collect(schema, properties, required);
    for (JsonElement name : required) {
      expect(value.has(name.getAsString()), at + " lacks " + name);
    }
    for (String name : value.keySet()) {
      if (properties.has(name)) {
        check(at + "." + name, properties.getAsJsonObject(name), value.get(name));
      } else if (schema.has("additionalProperties")) {
        check(at + "." + name, schema.getAsJsonObject("additionalProperties"), value.get(name));
      } else {
        expect(schema.size() == 1, at + "." + name + " is not documented");
      }
    }
  }

  private void collect(JsonObject given, JsonObject properties, JsonArray required) {
    JsonObject schema = resolve(given);
    if (schema.has("allOf")) {
      schema
          .getAsJsonArray("allOf")
          .forEach(each -> collect(each.getAsJsonObject(), properties, required));
    }
    if (schema.has("properties")) {
      schema.getAsJsonObject("properties").asMap().forEach(properties::add);
      required.addAll(schema.getAsJsonArray("required"));
    }
  }

  private JsonObject resolve(JsonObject schema) {
    if (!schema.has("$ref")) {
      return schema;
    }
    JsonObject found = document;
    for (String name : schema.get("$ref").getAsString().substring(2).split("/")) {
      found = found.getAsJsonObject(name);
    }
    return found;
  }

  private static boolean isOfType(JsonObject schema, JsonElement value) {
    if (!schema.has("type")) {
      return schema.has("allOf") && value.isJsonObject();
    }
    JsonElement type = schema.get("type");
    return type.isJsonArray()
        ? type.getAsJsonArray().asList().stream().anyMatch(each -> isA(each.getAsString(), value))
        : isA(type.getAsString(), value);
  }

  private static boolean isA(String type, JsonElement value) {
    return switch (type) {
      case "null" -> value.isJsonNull();
      case "object" -> value.isJsonObject();
      case "array" -> value.isJsonArray();
      case "string" -> value.isJsonPrimitive() && value.getAsJsonPrimitive().isString();
      case "boolean" -> value.isJsonPrimitive() && value.getAsJsonPrimitive().isBoolean();
      case "integer" -> isA("number", value) && value.getAsString().matches("-?[0-9]+");
      case "number" -> value.isJsonPrimitive() && value.getAsJsonPrimitive().isNumber();
      default -> throw new AssertionError("unknown type " + type);
    };
  }

  private void expect(boolean isRight, String mistake) {
    if (!isRight) {
      mistakes.add(mistake);
    }
  }
}
