package io.ebpflb.runtime.cli;

import picocli.CommandLine.Parameters;

/** One backend of one service, as the status shows them. */
final class BackendParameters {

  @Parameters(index = "0", paramLabel = "SERVICE", description = "Name of the service.")
  private String service;

  @Parameters(
      index = "1",
      paramLabel = "BACKEND",
      description = "Address and port of the backend: 10.0.0.1:8080 or [2001:db8::1]:80.")
  private String backend;

  String path() {
    return AdminClient.path("/api/v1/services/", service, "/backends/", backend);
  }

  @Override
  public String toString() {
    return service + " " + backend;
  }
}
