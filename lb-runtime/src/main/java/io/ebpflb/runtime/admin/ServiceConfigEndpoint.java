package io.ebpflb.runtime.admin;

import io.ebpflb.runtime.config.WrittenConfig;
import io.ebpflb.runtime.reload.Reload;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Services of the config in force, one by one, with the keys that the file has. A change of one
 * goes the way of a reload.
 */
final class ServiceConfigEndpoint {

  private static final String NAME = "name";
  private static final String PATH = "/api/v1/config/services/";

  private final Reload reload;

  ServiceConfigEndpoint(Reload reload) {
    this.reload = reload;
  }

  Reply all(Request request) {
    WrittenConfig config = ConfigEndpoint.written(reload);
    return Reply.json(
        json -> {
          json.object().array("services");
          config.services().forEach(json::tree);
          json.endArray().endObject();
        });
  }

  Reply one(Request request) {
    Map<String, Object> service = find(ConfigEndpoint.written(reload), request);
    return Reply.json(json -> json.tree(service)).tagged();
  }

  /** What the path names. */
  static Map<String, Object> find(WrittenConfig config, Request request) {
    String name = request.parameter("service");
    return config.service(name).orElseThrow(() -> Lookup.missing("service", name, names(config)));
  }

  private static List<String> names(WrittenConfig config) {
    return config.services().stream().map(each -> each.get(NAME).toString()).toList();
  }

  Reply add(Request request) {
    Map<String, Object> service = request.jsonTree();
    if (!(service.get(NAME) instanceof String name)) {
      throw ProblemException.badRequest("name: expected a string");
    }
    Reply reply =
        edit(
            request,
            config -> {
              if (config.service(name).isPresent()) {
                throw new ProblemException(
                    HttpResponseStatus.CONFLICT, "there is a service \"" + name + "\" already");
              }
              return config.withService(name, service);
            });
    return reply.created(PATH + name);
  }

  Reply put(Request request) {
    String name = request.parameter("service");
    Map<String, Object> service = named(NAME, name, request.jsonTree());
    AtomicBoolean isNew = new AtomicBoolean();
    Reply reply =
        edit(
            request,
            config -> {
              isNew.set(config.service(name).isEmpty());
              return config.withService(name, service);
            });
    return isNew.get() ? reply.created(request.path()) : reply;
  }

  /** With the name that the path has, which the body need not repeat and must not contradict. */
  static Map<String, Object> named(String key, String name, Map<String, Object> body) {
    Map<String, Object> named = new LinkedHashMap<>();
    named.put(key, name);
    named.putAll(body);
    if (!named.get(key).equals(name)) {
      throw ProblemException.badRequest(
          key + ": the path says \"" + name + "\", the body something else");
    }
    return named;
  }

  Reply remove(Request request) {
    return edit(
        request,
        config -> {
          find(config, request);
          return config.withoutService(request.parameter("service"));
        });
  }

  private Reply edit(Request request, Reload.Edit edit) {
    return edit(reload, request, edit);
  }

  static Reply edit(Reload reload, Request request, Reload.Edit edit) {
    try {
      return ReloadReply.of(
          reload.edit(edit, ReloadReply.initiator(request)), reload.status().file());
    } catch (IllegalArgumentException unwritable) {
      throw ProblemException.badRequest(unwritable.getMessage());
    }
  }
}
