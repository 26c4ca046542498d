package io.millrace.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** docs/configuration.md and the code say the same; {@code -Dgolden.update=true} rewrites the page. */
class ConfigurationPageTest {
    private static final Path PAGE = Path.of(System.getProperty("millrace.root", ".."), "docs", "configuration.md");

    @Test
    void pageListsEveryOptionAsItIs() throws IOException {
        String page = Files.readString(PAGE);
        int mark = page.indexOf(ConfigurationPage.MARK);
        assertThat(mark).as("place of the mark in " + PAGE).isPositive();
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(PAGE, page.substring(0, mark) + ConfigurationPage.generated());
        }

        assertThat(Files.readString(PAGE).substring(mark)).isEqualTo(ConfigurationPage.generated());
    }

    @Test
    void pageNamesTheSettingsOfFlinkThatTheJobSets() throws IOException {
        String page = Files.readString(PAGE);

        for (String key : Topology.flinkSettings(new org.apache.flink.configuration.Configuration())
                .keySet()) {
            assertThat(page).contains("`" + key + "`");
        }
    }
}
