package io.ebpflb.runtime.service;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.ebpflb.api.Endpoints;
import io.ebpflb.runtime.dataplane.DataPlane.BackendKey;
import io.ebpflb.runtime.dataplane.Plan;
import io.ebpflb.runtime.service.AdminStates.Setting;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/** How admin state is written to its file: versioned JSON that a human can read. */
final class AdminStateFormat {
  private static final int VERSION = 1;

  private AdminStateFormat() {}

  static String write(Map<BackendKey, Setting> settings) {
    JsonArray backends = new JsonArray();
    settings.forEach((key, setting) -> backends.add(write(key, setting)));
    JsonObject root = new JsonObject();
    root.addProperty("version", VERSION);
    root.add("backends", backends);
    return root + "\n";
  }

  private static JsonObject write(BackendKey key, Setting setting) {
    JsonObject backend = new JsonObject();
    backend.addProperty("service", key.service());
    backend.addProperty(
        "backend", Endpoints.format(key.endpoint().address(), key.endpoint().port()));
    backend.addProperty("state", word(setting.state()));
    backend.addProperty("health", word(setting.health()));
    setting.weight().ifPresent(weight -> backend.addProperty("weight", weight));
    return backend;
  }

  /**
   * @throws IllegalArgumentException saying what is wrong with it
   */
  static Map<BackendKey, Setting> read(String text) {
    try {
      JsonObject root = JsonParser.parseString(text).getAsJsonObject();
      int version = root.get("version").getAsInt();
      if (version != VERSION) {
        throw new IllegalArgumentException("its version is " + version + ", not " + VERSION);
      }
      Map<BackendKey, Setting> settings = new HashMap<>();
      for (JsonElement each : root.getAsJsonArray("backends")) {
        read(each.getAsJsonObject(), settings);
      }
      return settings;
    } catch (IllegalArgumentException e) {
      throw e;
    } catch (RuntimeException e) {
      // Gson tells of a wrong shape by half a dozen kinds of exceptions, null among the causes.
      throw new IllegalArgumentException("it is not what this program writes: " + e, e);
    }
  }

  private static void read(JsonObject backend, Map<BackendKey, Setting> settings) {
    InetSocketAddress endpoint = Endpoints.parse(backend.get("backend").getAsString());
    JsonElement weight = backend.get("weight");
    if (weight != null && !(weight.getAsDouble() >= 0 && Double.isFinite(weight.getAsDouble()))) {
      throw new IllegalArgumentException("a weight is " + weight);
    }
    settings.put(
        new BackendKey(
            backend.get("service").getAsString(),
            new Plan.Endpoint(endpoint.getAddress(), endpoint.getPort())),
        new Setting(
            AdminState.valueOf(constant(backend.get("state"))),
            weight == null ? OptionalDouble.empty() : OptionalDouble.of(weight.getAsDouble()),
            ForcedHealth.valueOf(constant(backend.get("health")))));
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static String constant(JsonElement word) {
    return word.getAsString().toUpperCase(Locale.ROOT);
  }
}
