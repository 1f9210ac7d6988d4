package io.ebpflb.runtime.admin;

/** Health checks on demand, which answer with what there is to say after them. */
final class ChecksEndpoint {

  private final ServicesEndpoint services;
  private final BackendsEndpoint backends;
  private final Waiting operations;

  ChecksEndpoint(ServicesEndpoint services, BackendsEndpoint backends, Waiting operations) {
    this.services = services;
    this.backends = backends;
    this.operations = operations;
  }

  Reply all(Request request) {
    operations.checkNow(request.parameter("service"));
    return services.backends(request);
  }

  Reply one(Request request) {
    operations.checkNow(request.parameter("service"), request.parameter("backend"));
    return backends.one(request);
  }
}
