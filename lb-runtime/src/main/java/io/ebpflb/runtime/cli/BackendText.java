package io.ebpflb.runtime.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;

/** What there is to say of one backend, a line for each fact. */
final class BackendText {

  private BackendText() {}

  static String of(String name, JsonObject backend) {
    String text = name + ": " + backend.get("admin_state").getAsString() + drain(backend) + "\n";
    return text + "  weight " + weight(backend) + "\n  health " + health(backend) + "\n";
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

  private static String health(JsonObject backend) {
    JsonObject health = backend.getAsJsonObject("health");
    String forced = backend.get("forced_health").getAsString();
    String state = health.get("state").getAsString();
    String detail = Printed.oneLine(health.get("detail").getAsString());
    String checks = detail.isEmpty() ? state : state + " (" + detail + ")";
    return forced.equals("auto") ? checks : forced + " (forced), its checks say " + checks;
  }
}
