package io.ebpflb.runtime.cli;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Asks a running balancer. */
final class AdminClient {

  private static final String CONTENT_TYPE = "Content-Type";

  private final AdminTransport transport;

  AdminClient(AdminTransport transport) {
    this.transport = transport;
  }

  /** A path whose odd pieces are names, which are escaped. */
  static String path(String... pieces) {
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < pieces.length; i++) {
      path.append(i % 2 == 0 ? pieces[i] : escaped(pieces[i]));
    }
    return path.toString();
  }

  private static String escaped(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /**
   * @throws EnvironmentException if no balancer answers, or none that is well
   * @throws RefusedException if it refuses
   */
  JsonObject get(String path) {
    return send("GET", path, Optional.empty());
  }

  /** As {@link #get} for any method. */
  JsonObject send(String method, String path, Optional<JsonObject> body) {
    Map<String, String> headers = new LinkedHashMap<>();
    body.ifPresent(any -> headers.put(CONTENT_TYPE, "application/json"));
    return json(exchange(method, path, headers, body.map(JsonObject::toString).orElse("")));
  }

  /** As {@link #send} of a config. */
  JsonObject sendToml(String method, String path, String config, Map<String, String> more) {
    Map<String, String> headers = new LinkedHashMap<>(more);
    headers.put(CONTENT_TYPE, "application/toml");
    return json(exchange(method, path, headers, config));
  }

  /** As {@link #get} of what is no JSON. */
  String getText(String path) {
    return exchange("GET", path, Map.of(), "").body();
  }

  private AdminResponse exchange(
      String method, String path, Map<String, String> headers, String body) {
    AdminResponse response =
        transport
            .exchange(method, path, headers, body.getBytes(StandardCharsets.UTF_8))
            .orElseThrow(
                () ->
                    new EnvironmentException(
                        "the process that listens on "
                            + transport
                            + " did not answer like a balancer"));
    if (!response.isGood()) {
      throw failure(response);
    }
    return response;
  }

  private JsonObject json(AdminResponse response) {
    try {
      return JsonParser.parseString(response.body()).getAsJsonObject();
    } catch (JsonParseException | IllegalStateException malformed) {
      throw unlike(response);
    }
  }

  private RuntimeException failure(AdminResponse response) {
    JsonObject problem = json(response);
    if (!problem.has("detail")) {
      return unlike(response);
    }
    String detail = problem.get("detail").getAsString();
    List<String> errors = new ArrayList<>();
    if (problem.has("errors")) {
      problem.getAsJsonArray("errors").forEach(each -> errors.add(each.getAsString()));
    }
    return response.isRefusal()
        ? new RefusedException(detail, errors)
        : new EnvironmentException(
            "the balancer on " + transport + " answered " + response.status() + ": " + detail);
  }

  private EnvironmentException unlike(AdminResponse response) {
    return new EnvironmentException(
        "the process that listens on "
            + transport
            + " answered "
            + response.status()
            + ", but not like a balancer");
  }
}
