//! What the keys are called in other libraries.

use super::Key;

/// The key that `written` is in PyBreaker, requests-circuit-breaker, resilience4j, Polly, gobreaker, opossum, Hystrix,
/// failsafe.
pub(super) fn elsewhere(written: &str) -> Option<Key> {
    Some(match written {
        "id" | "key" | "breaker" | "breaker_name" | "circuit" | "circuit_name" => Key::Name,
        "fail_max"
        | "max_failures"
        | "failure_threshold"
        | "failures"
        | "error_threshold"
        | "failures_before_opening"
        | "consecutive_failures"
        | "minimum_failures"
        | "min_failures" => Key::Threshold,
        "reset_timeout"
        | "timeout"
        | "timeout_duration"
        | "recovery_timeout"
        | "break_duration"
        | "duration_of_break"
        | "wait_duration"
        | "wait_duration_in_open_state"
        | "open_duration"
        | "sleep_window"
        | "cooldown" => Key::Ttl,
        "sliding_window"
        | "sliding_window_size"
        | "sliding_window_duration"
        | "rolling_window"
        | "rolling_count_timeout"
        | "time_window"
        | "sampling_duration"
        | "failure_thresholding_period"
        | "interval" => Key::Window,
        "failure_rate_threshold"
        | "failure_ratio"
        | "failure_percentage"
        | "error_rate"
        | "error_percentage"
        | "error_threshold_percentage"
        | "error_percent_threshold"
        | "percent_failed" => Key::FailureRate,
        "minimum_number_of_calls"
        | "minimum_throughput"
        | "minimum_requests"
        | "min_calls"
        | "min_requests"
        | "min_request_threshold"
        | "min_throughput"
        | "volume_threshold"
        | "request_volume_threshold"
        | "failure_execution_threshold" => Key::MinimumCalls,
        "slow_call_duration"
        | "slow_call_duration_threshold"
        | "slow_call_rate_threshold"
        | "slow_call_threshold" => Key::SlowCall,
        "max_requests"
        | "half_open_max_calls"
        | "half_open_requests"
        | "permitted_number_of_calls_in_half_open_state" => Key::Probes,
        "successes" | "success_count" | "half_open_successes" => Key::SuccessThreshold,
        "max_timeout" | "max_backoff" | "max_wait_duration" | "max_reset_timeout" => Key::MaxTtl,
        "randomized_wait_factor" | "randomization_factor" | "jitter_factor" => Key::Jitter,
        "excluded" | "exclude_errors" | "excluded_exceptions" | "except" | "error_filter" => {
            Key::Exclude
        }
        "ignored" | "ignore_errors" | "ignore_exceptions" => Key::Ignore,
        "record_exceptions" | "record_errors" | "include" | "errors" => Key::Only,
        "on_rejected" | "on_open" | "reject" | "rejection" => Key::Rejected,
        "on_error" | "default" | "or_else" | "otherwise" => Key::Fallback,
        "failure_predicate" | "is_failure" | "record_result_predicate" | "should_fail" => {
            Key::FailureIf
        }
        _ => return None,
    })
}
