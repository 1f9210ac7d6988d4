package io.ebpflb.testing;

import io.ebpflb.api.Backend;
import io.ebpflb.api.BackendView;
import io.ebpflb.api.Endpoints;
import java.net.InetSocketAddress;

/** A backend as a weight modifier sees it, whose facts a test moves. Starts ready and healthy. */
public final class FakeBackend implements BackendView {
  private final Backend backend;
  private double weight = 1;
  private boolean isReady = true;
  private boolean isHealthy = true;
  private long active;
  private long answered;
  private long refused;
  private long unanswered;

  private FakeBackend(Backend backend) {
    this.backend = backend;
  }

  /**
   * One of the service {@code web}.
   *
   * @param endpoint {@code 10.0.0.1:8080}
   */
  public static FakeBackend at(String endpoint) {
    InetSocketAddress parsed = Endpoints.parse(endpoint);
    return new FakeBackend(Backend.of("web", parsed.getAddress(), parsed.getPort()));
  }

  public FakeBackend weight(double configured) {
    weight = configured;
    return this;
  }

  public FakeBackend ready(boolean ready) {
    isReady = ready;
    return this;
  }

  public FakeBackend healthy(boolean healthy) {
    isHealthy = healthy;
    return this;
  }

  /** This many flows are tracked now. */
  public FakeBackend active(long flows) {
    active = flows;
    return this;
  }

  /** So many more flows were answered. */
  public FakeBackend answer(long more) {
    answered += more;
    return this;
  }

  /** So many more connections were refused. */
  public FakeBackend refuse(long more) {
    refused += more;
    return this;
  }

  /** So many more connections were left without an answer. */
  public FakeBackend ignore(long more) {
    unanswered += more;
    return this;
  }

  /** It left and came back: all counts begin anew. */
  public FakeBackend comeBack() {
    active = 0;
    answered = 0;
    refused = 0;
    unanswered = 0;
    return this;
  }

  @Override
  public Backend backend() {
    return backend;
  }

  @Override
  public double configuredWeight() {
    return weight;
  }

  @Override
  public boolean isReady() {
    return isReady;
  }

  @Override
  public boolean isHealthy() {
    return isHealthy;
  }

  @Override
  public long activeFlows() {
    return active;
  }

  @Override
  public long openedFlows() {
    return answered + refused + unanswered;
  }

  @Override
  public long refusedConnections() {
    return refused;
  }

  @Override
  public long unansweredConnections() {
    return unanswered;
  }

  @Override
  public long answeredFlows() {
    return answered;
  }

  @Override
  public String toString() {
    return backend.toString();
  }
}
