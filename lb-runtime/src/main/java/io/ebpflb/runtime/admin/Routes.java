package io.ebpflb.runtime.admin;

import io.ebpflb.runtime.admin.Route.Payload;
import io.ebpflb.runtime.config.Role;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.time.Clock;
import java.util.List;

/** Everything that the endpoint answers; {@code openapi.json} documents the same. */
final class Routes {

  private static final String SERVICE = "/api/v1/services/{service}";
  private static final String BACKEND = SERVICE + "/backends/{backend}";
  private static final String PLUGIN = "/api/v1/plugins/{plugin}";
  private static final String CONFIG = "/api/v1/config";
  private static final String SERVICE_CONFIGS = CONFIG + "/services";
  private static final String SERVICE_CONFIG = SERVICE_CONFIGS + "/{service}";
  private static final String SOURCE_ROUTES = SERVICE_CONFIG + "/source-routes";
  private static final String SOURCE_ROUTE = SOURCE_ROUTES + "/{source}";

  private Routes() {}

  static List<Route> of(Controls controls, Readiness readiness, String metricsPath, Clock clock) {
    ServicesEndpoint services = new ServicesEndpoint(controls.balancer());
    Waiting operations = new Waiting(controls.operations());
    BackendsEndpoint backends = new BackendsEndpoint(controls.balancer(), operations);
    ChecksEndpoint checks = new ChecksEndpoint(services, backends, operations);
    FlowsEndpoint flows = new FlowsEndpoint(operations);
    PluginOperationsEndpoint plugins = new PluginOperationsEndpoint(controls.balancer());
    PluginEndpoint plugin = new PluginEndpoint(controls.balancer(), controls.plugins());
    ReloadEndpoint reload = new ReloadEndpoint(controls.reload());
    ConfigEndpoint config = new ConfigEndpoint(controls.reload(), controls.balancer());
    ServiceConfigEndpoint serviceConfigs = new ServiceConfigEndpoint(controls.reload());
    SourceRouteEndpoint sourceRoutes = new SourceRouteEndpoint(controls.reload());
    return List.of(
        Route.probe("/live", request -> Reply.text(HttpResponseStatus.OK, "live")),
        Route.probe("/ready", request -> readiness.reply()),
        Route.get(metricsPath, new MetricsEndpoint(controls.balancer(), controls.latencies())),
        Route.get("/api/v1/openapi.json", request -> OpenApi.reply()),
        Route.get("/api/v1/status", new StatusEndpoint(controls.balancer(), readiness, clock)),
        Route.get("/api/v1/plugins", new PluginsEndpoint(controls.balancer())),
        Route.get(PLUGIN, plugin::one),
        Route.get(PLUGIN + "/state", plugin::state),
        admin("PUT", PLUGIN + "/state", Payload.JSON, plugin::setState),
        admin("POST", PLUGIN + "/reload", Payload.NONE, plugin::reload),
        Route.get(PLUGIN + "/operations", plugins::list),
        // Each operation says itself what role it needs.
        Route.change(
            "POST", PLUGIN + "/operations/{operation}", Role.VIEWER, Payload.JSON, plugins::run),
        Route.get("/api/v1/services", services::all),
        Route.get(SERVICE, services::one),
        Route.get(SERVICE + "/backends", services::backends),
        Route.get(SERVICE + "/algorithm", new AlgorithmEndpoint(controls.balancer())),
        Route.get(BACKEND, backends::one),
        Route.get(BACKEND + "/state", backends::state),
        operator("PUT", BACKEND + "/state", Payload.JSON, backends::setState),
        Route.get(BACKEND + "/weight", backends::weight),
        operator("PUT", BACKEND + "/weight", Payload.JSON, backends::setWeight),
        operator("DELETE", BACKEND + "/weight", Payload.NONE, backends::resetWeight),
        Route.get(BACKEND + "/forced-health", backends::forcedHealth),
        operator("PUT", BACKEND + "/forced-health", Payload.JSON, backends::forceHealth),
        operator("POST", SERVICE + "/check", Payload.NONE, checks::all),
        operator("POST", BACKEND + "/check", Payload.NONE, checks::one),
        Route.get("/api/v1/reload", reload::status),
        admin("POST", "/api/v1/reload", Payload.NONE, reload::reload),
        Route.get(CONFIG, config::show),
        admin("PUT", CONFIG, Payload.TOML, config::replace).withMatchNeeded(),
        operator("POST", CONFIG + "/diff", Payload.TOML, config::diff),
        Route.get(CONFIG + "/changes", config::changes),
        admin("POST", CONFIG + "/save", Payload.JSON, config::save),
        Route.get(SERVICE_CONFIGS, serviceConfigs::all),
        admin("POST", SERVICE_CONFIGS, Payload.LONG_JSON, serviceConfigs::add),
        Route.get(SERVICE_CONFIG, serviceConfigs::one),
        admin("PUT", SERVICE_CONFIG, Payload.LONG_JSON, serviceConfigs::put),
        admin("DELETE", SERVICE_CONFIG, Payload.NONE, serviceConfigs::remove),
        Route.get(SOURCE_ROUTES, sourceRoutes::all),
        admin("POST", SOURCE_ROUTES, Payload.LONG_JSON, sourceRoutes::add),
        Route.get(SOURCE_ROUTE, sourceRoutes::one),
        admin("PUT", SOURCE_ROUTE, Payload.LONG_JSON, sourceRoutes::put),
        admin("DELETE", SOURCE_ROUTE, Payload.NONE, sourceRoutes::remove),
        Route.get("/api/v1/flows", flows::list),
        operator("DELETE", "/api/v1/flows", Payload.NONE, flows::kill),
        Route.get("/api/v1/drains", new DrainsEndpoint(controls.balancer())));
  }

  private static Route operator(String method, String path, Payload body, Endpoint endpoint) {
    return Route.change(method, path, Role.OPERATOR, body, endpoint);
  }

  private static Route admin(String method, String path, Payload body, Endpoint endpoint) {
    return Route.change(method, path, Role.ADMIN, body, endpoint);
  }
}
