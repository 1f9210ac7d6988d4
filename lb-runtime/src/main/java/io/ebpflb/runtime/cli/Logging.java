package io.ebpflb.runtime.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line for each event, on standard error. Found by logback as a service: set up in code, since
 * its XML reader alone would cost a tenth of the time that a start may take.
 */
public final class Logging extends ContextAwareBase implements Configurator {

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    LogLine layout = new LogLine();
    layout.setContext(context);
    layout.start();
    LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
    encoder.setContext(context);
    encoder.setCharset(StandardCharsets.UTF_8);
    encoder.setLayout(layout);
    encoder.start();
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(context);
    appender.setTarget("System.err");
    appender.setEncoder(encoder);
    appender.start();
    ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.addAppender(appender);
    root.setLevel(Level.INFO);
    // What they find worth a line is not what an operator finds worth one.
    context.getLogger("io.netty").setLevel(Level.WARN);
    context.getLogger("org.pf4j").setLevel(Level.WARN);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /** Leaves out what goes well with plugins, which the output of a command tells better. */
  static <T> T withoutPluginNews(Callable<T> command) throws Exception {
    if (!(LoggerFactory.getLogger("plugins") instanceof ch.qos.logback.classic.Logger plugins)
        || plugins.getEffectiveLevel() != Level.INFO) {
      return command.call();
    }
    Level before = plugins.getLevel();
    plugins.setLevel(Level.WARN);
    try {
      return command.call();
    } finally {
      plugins.setLevel(before);
    }
  }

  /** Shows details of our own parts and of plugins. */
  static void verbose() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.DEBUG);
    }
  }
}
