package io.ebpflb.runtime.admin;

import io.ebpflb.runtime.config.DurationText;
import io.ebpflb.runtime.service.AdminState;
import io.ebpflb.runtime.service.BackendSnapshot;
import io.ebpflb.runtime.service.BalancerView;
import io.ebpflb.runtime.service.ForcedHealth;
import io.ebpflb.runtime.service.ServiceSnapshot;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** One backend of a service: how it is, and what the operator wants of it. */
final class BackendsEndpoint {

  private final BalancerView balancer;
  private final Waiting operations;

  BackendsEndpoint(BalancerView balancer, Waiting operations) {
    this.balancer = balancer;
    this.operations = operations;
  }

  Reply one(Request request) {
    ServiceSnapshot service = Lookup.service(balancer, request);
    BackendSnapshot backend = Lookup.backend(service, request);
    return Reply.json(
        json ->
            new ServiceJson(json, balancer.dataPlane().backendCounters())
                .backend(service, backend));
  }

  Reply state(Request request) {
    BackendSnapshot backend = Lookup.backend(Lookup.service(balancer, request), request);
    return Reply.json(
            json ->
                json.object().field("state", ServiceJson.word(backend.adminState())).endObject())
        .tagged();
  }

  Reply setState(Request request) {
    JsonFields body = request.json().only("state", "timeout");
    AdminState state = choice("state", body.text("state"), AdminState.values());
    Optional<Duration> timeout = body.findText("timeout").map(BackendsEndpoint::duration);
    operations.setAdminState(
        request.parameter("service"), request.parameter("backend"), state, timeout);
    return one(request);
  }

  Reply weight(Request request) {
    BackendSnapshot backend = Lookup.backend(Lookup.service(balancer, request), request);
    return Reply.json(
            json ->
                json.object()
                    .field("configured", backend.configuredWeight())
                    .number("override", backend.weightOverride())
                    .endObject())
        .tagged();
  }

  Reply setWeight(Request request) {
    return override(request, OptionalDouble.of(request.json().only("weight").number("weight")));
  }

  Reply resetWeight(Request request) {
    return override(request, OptionalDouble.empty());
  }

  private Reply override(Request request, OptionalDouble weight) {
    operations.setWeight(request.parameter("service"), request.parameter("backend"), weight);
    return one(request);
  }

  Reply forcedHealth(Request request) {
    BackendSnapshot backend = Lookup.backend(Lookup.service(balancer, request), request);
    return Reply.json(
            json ->
                json.object()
                    .field("forced_health", ServiceJson.word(backend.forcedHealth()))
                    .endObject())
        .tagged();
  }

  Reply forceHealth(Request request) {
    String word = request.json().only("forced_health").text("forced_health");
    ForcedHealth forced = choice("forced_health", word, ForcedHealth.values());
    operations.forceHealth(request.parameter("service"), request.parameter("backend"), forced);
    return one(request);
  }

  private static <E extends Enum<E>> E choice(String key, String word, E[] choices) {
    return Arrays.stream(choices)
        .filter(each -> ServiceJson.word(each).equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                ProblemException.badRequest(
                    key
                        + ": expected one of: "
                        + Arrays.stream(choices)
                            .map(ServiceJson::word)
                            .collect(Collectors.joining(", "))
                        + "; not "
                        + word));
  }

  private static Duration duration(String text) {
    return DurationText.find(text)
        .orElseThrow(
            () -> ProblemException.badRequest("timeout: expected a duration such as \"30s\""));
  }
}
