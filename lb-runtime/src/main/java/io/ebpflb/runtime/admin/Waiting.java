package io.ebpflb.runtime.admin;

import io.ebpflb.runtime.dataplane.DataPlaneException;
import io.ebpflb.runtime.dataplane.FlowList;
import io.ebpflb.runtime.plugin.ExtensionException;
import io.ebpflb.runtime.service.AdminState;
import io.ebpflb.runtime.service.FlowFilter;
import io.ebpflb.runtime.service.ForcedHealth;
import io.ebpflb.runtime.service.OperationException;
import io.ebpflb.runtime.service.Operations;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The balancer's operations, waited for; what goes wrong becomes a {@link ProblemException}. */
final class Waiting {

  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private final Operations operations;

  Waiting(Operations operations) {
    this.operations = operations;
  }

  void setAdminState(
      String service, String backend, AdminState state, Optional<Duration> drainTimeout) {
    await(operations.setAdminState(service, backend, state, drainTimeout));
  }

  void setWeight(String service, String backend, OptionalDouble weight) {
    await(operations.setWeight(service, backend, weight));
  }

  void forceHealth(String service, String backend, ForcedHealth health) {
    await(operations.forceHealth(service, backend, health));
  }

  void checkNow(String service) {
    await(operations.checkNow(service));
  }

  void checkNow(String service, String backend) {
    await(operations.checkNow(service, backend));
  }

  FlowList flows(FlowFilter filter, int limit) {
    return await(operations.flows(filter, limit));
  }

  long killFlows(FlowFilter filter) {
    return await(operations.killFlows(filter));
  }

  static <T> T await(CompletableFuture<T> future) {
    try {
      return future.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException late) {
      throw new ProblemException(
          HttpResponseStatus.GATEWAY_TIMEOUT,
          "not done after " + TIMEOUT.toSeconds() + " s; the balancer still tries");
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw new ProblemException(HttpResponseStatus.SERVICE_UNAVAILABLE, "stopping");
    } catch (ExecutionException failed) {
      throw problem(failed.getCause());
    }
  }

  private static RuntimeException problem(Throwable cause) {
    if (cause instanceof OperationException refused) {
      return new ProblemException(status(refused.kind()), text(refused));
    }
    if (cause instanceof DataPlaneException refused) {
      return new ProblemException(HttpResponseStatus.INTERNAL_SERVER_ERROR, refused.getMessage());
    }
    if (cause instanceof ExtensionException refused) {
      return new ProblemException(HttpResponseStatus.CONFLICT, refused.getMessage());
    }
    return new IllegalStateException(cause);
  }

  private static HttpResponseStatus status(OperationException.Kind kind) {
    return switch (kind) {
      case UNKNOWN_SERVICE, UNKNOWN_BACKEND -> HttpResponseStatus.NOT_FOUND;
      case INVALID -> HttpResponseStatus.BAD_REQUEST;
      case NOT_POSSIBLE -> HttpResponseStatus.CONFLICT;
      case NOT_KEPT -> HttpResponseStatus.INTERNAL_SERVER_ERROR;
    };
  }

  private static String text(OperationException refused) {
    List<String> near = refused.nearNames();
    return near.isEmpty()
        ? refused.getMessage()
        : refused.getMessage() + "; did you mean: " + String.join(", ", near);
  }
}
