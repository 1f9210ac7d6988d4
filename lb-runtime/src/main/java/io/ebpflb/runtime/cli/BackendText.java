package io.ebpflb.runtime.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.ebpflb.runtime.config.DurationText;
import java.time.Duration;

/** What there is to say of one backend, a line for each fact. */
final class BackendText {

  private BackendText() {}

  static String of(String name, JsonObject backend) {
    String text = name + ": " + backend.get("admin_state").getAsString() + drain(backend) + "\n";
    return text
        + "  weight "
        + weight(backend)
        + "\n  health "
        + health(backend)
        + "\n"
        + checks(backend);
  }

  private static String drain(JsonObject backend) {
    if (backend.get("drain").isJsonNull()) {
      return "";
    }
    JsonObject drain = backend.getAsJsonObject("drain");
    long left = drain.get("active_flows").getAsLong();
    String flows = left + (left == 1 ? " flow" : " flows") + " left";
    JsonElement outcome = drain.get("outcome");
    return outcome.isJsonNull()
        ? ", " + flows
        : ", " + outcome.getAsString().replace('-', ' ') + ", " + flows;
  }

  private static String weight(JsonObject backend) {
    String configured = Figures.weight(backend.get("configured_weight").getAsDouble());
    String now = Figures.weight(backend.get("effective_weight").getAsDouble());
    JsonElement override = backend.get("weight_override");
    String wanted =
        override.isJsonNull()
            ? configured
            : Figures.weight(override.getAsDouble()) + " in place of " + configured;
    return wanted + ", now " + now;
  }

  private static String checks(JsonObject backend) {
    if (backend.get("health_check").isJsonNull()) {
      return "  check  none\n";
    }
    JsonObject check = backend.getAsJsonObject("health_check");
    JsonElement port = check.get("port");
    String text =
        "  check  %s%s every %s, timeout %s, rise %d, fall %d\n"
            .formatted(
                check.get("type").getAsString(),
                port.isJsonNull() ? "" : " on port " + port.getAsInt(),
                duration(check, "interval_ms"),
                duration(check, "timeout_ms"),
                check.get("rise").getAsInt(),
                check.get("fall").getAsInt());
    JsonElement error = backend.getAsJsonObject("health").get("last_error");
    return error.isJsonNull()
        ? text
        : text + "  last failed check: " + Printed.oneLine(error.getAsString()) + "\n";
  }

  private static String duration(JsonObject check, String name) {
    return DurationText.format(Duration.ofMillis(check.get(name).getAsLong()));
  }

  private static String health(JsonObject backend) {
    JsonObject health = backend.getAsJsonObject("health");
    String forced = backend.get("forced_health").getAsString();
    String state = health.get("state").getAsString();
    String detail = Printed.oneLine(health.get("detail").getAsString());
    String checks = detail.isEmpty() ? state : state + " (" + detail + ")";
    return forced.equals("auto") ? checks : forced + " (forced), its checks say " + checks;
  }
}
