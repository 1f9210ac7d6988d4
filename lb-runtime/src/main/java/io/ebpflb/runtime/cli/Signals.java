package io.ebpflb.runtime.cli;

import java.lang.reflect.Proxy;

/** Signals that the JVM leaves to programs. Java has no supported name for them. */
final class Signals {
  private Signals() {}

  /** Runs the action on a thread of its own for each SIGHUP, which then no longer ends the JVM. */
  static void onHangUp(Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object onSignal =
          Proxy.newProxyInstance(
              Signals.class.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> {
                action.run();
                return null;
              });
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), onSignal);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this Java has no jdk.unsupported module", e);
    }
  }
}
