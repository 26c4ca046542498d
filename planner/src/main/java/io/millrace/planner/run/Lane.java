package io.millrace.planner.run;

/** An inquiry of a step, and the question it asks now. */
final class Lane {
    final Inquiry inquiry;
    Round round;

    Lane(Inquiry inquiry, Round round) {
        this.inquiry = inquiry;
        this.round = round;
    }
}
