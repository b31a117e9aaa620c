"""The 21 known bugs of the program before this one: for each the tests that hold it, or why it cannot occur here."""

from __future__ import annotations

import ast
from dataclasses import dataclass

import pytest

from tests.unit.house.sources import ROOT, modules, place, tree
from tests.unit.house.test_security_promises import names_in


@dataclass(frozen=True)
class Bug:
    """What was wrong; the tests (module and name, under tests) that would fail here; why it cannot occur otherwise."""

    what: str
    tests: tuple[str, ...] = ()
    impossible: str = ""


BUGS = {
    1: Bug(
        "saving a schedule called a method that did not exist: editing and pausing were broken",
        (
            "unit/engine/test_planner::test_a_change_of_the_schedule_is_armed_and_shown_at_once",
            "system/test_command_line::test_pause_and_resume_are_those_of_the_tray",
            "unit/house/test_tools::test_check_passes",  # mypy knows what does not exist
        ),
    ),
    2: Bug(
        "a scheduled save used a column that did not exist: each scheduled sync with a new order failed",
        (
            "unit/engine/test_planner::test_a_planned_run_is_an_occurrence_with_its_run_and_the_next_is_armed",
            "unit/store/test_migrations::test_the_models_have_the_columns_of_the_tables",
            "system/test_schedule_day::test_a_day_of_two_accounts_with_three_schedules_each",
        ),
    ),
    3: Bug(
        "the simple status was declared after a path that hid it",
        impossible="there are no paths to be hidden: a table of verbs, one function for each name",
    ),
    4: Bug(
        "the fallback of 'run now' imported a function that did not exist",
        (
            "system/test_headless::test_without_a_program_a_sync_runs_headless_and_all_names_are_public",
            "unit/house/test_tools::test_check_passes",
        ),
    ),
    5: Bug(
        "active hours could not be switched off, or not until later; then the next run was at an odd time",
        (
            "unit/core/test_plan::test_changing_or_switching_off_the_active_hours_changes_the_next_run_at_once",
            "unit/engine/test_old_bugs::test_active_hours_changed_or_switched_off_change_the_next_run_everywhere_at_once",
        ),
    ),
    6: Bug(
        "hours of UTC were taken for the person's; moments without a zone were shown as local ones",
        (
            "unit/core/test_plan::test_the_same_timetable_follows_the_person_into_another_zone",
            "unit/core/test_plan::test_a_moment_without_a_zone_is_a_mistake",
            "unit/core/test_plan::test_the_plan_agrees_with_the_oracle_where_clocks_change",
            "unit/core/test_words::test_times_in_words",
            "unit/core/test_words::test_iso_says_utc_with_a_z",
            "unit/store/test_orders::test_moments_need_a_zone",
        ),
    ),
    7: Bug(
        "the next run was not written back after a run; what was overdue by more than five minutes never ran",
        (
            "unit/engine/test_planner::test_a_planned_run_is_an_occurrence_with_its_run_and_the_next_is_armed",
            "unit/engine/test_planner::test_slots_missed_while_not_running_are_told_and_the_newest_is_caught_up",
            "unit/engine/test_alarm::test_an_alarm_in_the_past_rings_at_once_and_once",
            "unit/engine/test_old_bugs::test_a_catch_up_at_09_46_does_not_move_the_run_at_18_00",
        ),
    ),
    8: Bug(
        "some ends of a run left no history, or one without counts and duration",
        (
            "unit/engine/test_sync::test_each_failure_that_is_told_ends_in_its_own_error",
            "unit/engine/test_sync::test_a_child_that_cannot_be_started_is_an_error",
            "unit/engine/test_cancel::test_a_run_cancelled_before_its_first_step_is_recorded",
            "unit/engine/test_bugs::test_a_bug_after_a_run_is_told_and_the_next_run_is_well",
            "unit/store/test_runs::test_everything_about_a_run_is_kept",
            "unit/store/test_reader::test_counts_of_a_run_reach_the_history",
        ),
    ),
    9: Bug(
        "'run now' was not heard until the next look; looking once a minute started runs a minute late",
        (
            "unit/engine/test_old_bugs::test_sync_now_runs_at_once_though_the_schedule_is_paused_and_moves_no_plan",
            "unit/engine/test_engine::test_a_command_syncs_through_a_child_and_signals_arrive_in_the_gui_thread",
            "unit/engine/test_timer::test_planned_runs_start_when_they_are_planned",
        ),
    ),
    10: Bug(
        "'Syncing' stayed after the end, or the card went away before the beginning",
        (
            "system/test_command_line::test_a_sync_is_in_progress_from_its_answer_grows_and_is_completed_for_10_s",
            "unit/core/test_words::test_activity_shows_the_result_for_ten_seconds",
            "desktop/test_glow_card::test_success_returns_to_idle_after_ten_seconds",
            "system/test_program::test_after_a_kill_in_mid_run_the_next_start_sweeps_and_tells",
            "end_to_end/test_kill_moments::test_no_occurrence_is_lost_or_doubled_and_nothing_syncs_for_ever",
        ),
    ),
    11: Bug(
        "each run added its progress callback to those of the runs before it",
        ("unit/engine/test_old_bugs::test_a_run_s_progress_is_its_own_and_gone_when_it_has_ended",),
    ),
    12: Bug(
        "nothing but a button kept a manual sync and a scheduled one apart: two browsers",
        (
            "unit/engine/test_cancel::test_a_second_request_joins_the_first",
            "unit/engine/test_planner::test_a_slot_during_a_run_is_skipped",
            "unit/store/test_database::test_two_processes_never_hold_one_folder",
            "unit/app/test_parts::test_the_instance_lock_is_one_for_all_processes_and_dies_with_its_holder",
        ),
    ),
    13: Bug(
        "two stores of passwords; what could not be decrypted was used as it was; names and pages were written down",
        (
            "unit/system/test_credentials::test_a_password_is_kept_under_origin_and_account",
            "unit/system/test_credentials::test_foreign_errors_become_ours_without_their_text",
            "end_to_end/test_canary_one_half::test_no_failure_mode_gives_the_password_away",
            "end_to_end/test_canary_other_half::test_no_failure_mode_gives_the_password_away",
            "unit/engine/test_bugs::test_the_log_tells_each_runs_beginning_and_end_and_nothing_personal",
            "unit/house/test_security_promises::test_the_scrape_uses_nothing_that_writes_down_what_is_typed",
        ),
    ),
    14: Bug(
        "whether the browser shows itself was kept in two places that did not agree",
        impossible="it never shows itself, and there is no such setting",
    ),
    15: Bug(
        "browsers without a parent were left over, and a watchdog killed what ran for half an hour",
        (
            "end_to_end/test_kill_program::test_after_a_kill_nothing_is_left_and_the_run_is_interrupted",
            "end_to_end/test_kill_processes::test_a_killed_process_fails_the_run_and_the_next_sync_is_well",
            "unit/engine/test_sync::test_a_run_past_its_limit_is_ended_with_everything_it_started",
            "unit/engine/test_cancel::test_cancel_ends_every_process_and_the_folder_within_five_seconds",
        ),
    ),
    16: Bug(
        "notices were sent by names that did not exist: none arrived",
        (
            "system/test_notifications::test_a_notice_arrives_with_all_it_needs",
            "system/test_tray::test_failure_and_recovery_are_told_once_each",
            "system/test_tray::test_batch_notice_arrives_and_a_click_on_it_opens_the_orders",
        ),
    ),
    17: Bug(
        "in the windows a failure counted as unknown, hour 0 as 6 or 22, every interval as an hour",
        (
            "unit/core/test_plan::test_hour_zero_is_an_hour",
            "unit/core/test_plan::test_hour_twenty_four_ends_the_day",
            "unit/engine/test_old_bugs::test_hour_zero_is_kept_and_run_at",
            "desktop/test_schedule_dialog::test_the_hour_0_is_an_hour_like_any_other",
            "desktop/test_schedule_dialog::test_a_window_that_ends_at_the_hour_0_is_shown_and_kept",
            "unit/core/test_words::test_health_by_state",
            "desktop/test_glow_card::test_idle_says_the_next_sync_in_exact_words",
            "desktop/test_over_a_real_store::test_orders_history_and_changes_as_they_are_stored",
        ),
    ),
    18: Bug(
        "one way to the dispensers called their reader without an address and read what is not there",
        impossible="dispensers are not read yet; the job that will read them is one class with one way in",
    ),
    19: Bug(
        "streets were guessed: houses with long numbers were lost, and other texts taken for a street",
        (
            "unit/portal/test_rows::test_address_lines",
            "unit/portal/test_rows::test_site_lines_are_told_apart_by_their_links",
            "unit/portal/test_fragments::test_every_row_of_a_fragment_is_read_as_by_hand",
        ),
    ),
    20: Bug(
        "when the scrape failed, two made-up orders were returned; patterns with doubled backslashes matched nothing",
        (
            "end_to_end/test_sync_failures::test_a_failure_keeps_the_data_and_the_next_sync_is_well",
            "unit/engine/test_transcript::test_silence_is_no_reading",
            "unit/portal/test_rows::test_a_row_of_another_shape_is_unreadable_as_a_whole",
            "unit/house/test_predecessor::test_made_up_data_stay_in_the_practice_portal",
        ),
    ),
    21: Bug(
        "pages of the history went missing when the program was rebuilt",
        (
            "desktop/test_history_page::test_every_outcome_has_its_line",
            "desktop/test_main_window::test_everything_of_the_tray_menu_is_here",
            "unit/control/test_cli::test_history_as_json_has_the_public_names",
        ),
        "nothing deletes single rows: they are folded into daily totals when they are old, and the last one stays",
    ),
}
"""By the number in the list of the predecessor's bugs."""


def test_each_bug_is_held_or_cannot_occur() -> None:
    assert sorted(BUGS) == list(range(1, 22))
    assert [number for number, bug in BUGS.items() if not bug.tests and not bug.impossible] == []


@pytest.mark.parametrize("number", BUGS)
def test_the_tests_that_hold_it_exist(number: int) -> None:
    missing = []
    for name in BUGS[number].tests:
        place_of_it, _, test = name.partition("::")
        file = ROOT / "tests" / f"{place_of_it}.py"
        if not file.is_file() or test not in names_in(file):
            missing.append(name)
    assert missing == []


def test_a_test_that_is_gone_would_be_found() -> None:
    assert "test_that_never_was" not in names_in(ROOT / "tests/unit/house/test_predecessor.py")


def test_made_up_data_stay_in_the_practice_portal() -> None:
    """Nothing that a real sync is made of knows where made-up orders come from."""
    rooms = {"core", "store", "portal", "engine", "system", "ui"}
    found = []
    for path in modules("fossatray"):
        if path.relative_to(ROOT).parts[1] in rooms:
            names = [node.module for node in ast.walk(tree(path)) if isinstance(node, ast.ImportFrom)]
            names += [one.name for node in ast.walk(tree(path)) if isinstance(node, ast.Import) for one in node.names]
            found += [f"{place(path)}: {name}" for name in names if name and name.startswith("fossatray.demo")]
    assert found == []
