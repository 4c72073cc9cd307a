// SPDX-License-Identifier: Apache-2.0
// The card's worker is another process, and what it says is checked.
#include "loopback_fixture.h"

namespace xesp::test {
namespace {

class WorkerAnswers : public Loopback {
 protected:
  static CardOptions wrong() {
    CardOptions o = options();
    o.worker = XESP_WRONG_WORKER;
    return o;
  }
  // The second question is answered in this way.
  static std::string second_answer(const char* way) {
    const Variable variable("XESP_WRONG_ANSWER", way);
    CardDevice card(wrong());
    EXPECT_EQ(card.registers(Direction::kOut).cycles, 1u) << way;
    const Error error = error_of([&] { card.registers(Direction::kIn); });
    EXPECT_EQ(error.code(), ErrorCode::kIo) << way;
    EXPECT_EQ(error_of([&] { card.registers(Direction::kIn); }).what(), std::string(error.what())) << "lost for good";
    return error.what();
  }
};

TEST_F(WorkerAnswers, RightOnesAreTaken) {
  const Variable variable("XESP_WRONG_ANSWER", "");
  CardDevice card(wrong());
  for (uint64_t i = 1; i < 4; ++i) EXPECT_EQ(card.registers(Direction::kOut).cycles, i);
}

TEST_F(WorkerAnswers, ToAnotherQuestionAreNotTaken) {
  EXPECT_EQ(second_answer("late"), "card lost: its process gave answer 1 to question 2");
  EXPECT_EQ(second_answer("early"), "card lost: its process gave answer 3 to question 2");
  EXPECT_EQ(second_answer("none"), "card lost: its process gave answer 0 to question 2");
}

TEST_F(WorkerAnswers, TextsEndWhereTheirRoomEnds) {
  EXPECT_EQ(second_answer("endless"), "card lost: " + std::string(512, 'B'));
}

TEST_F(WorkerAnswers, AnErrorThatThereIsNotIsTheWorkersOwn) {
  EXPECT_EQ(second_answer("code"), "card lost: no such code");
}

TEST_F(WorkerAnswers, TheFirstIsCheckedToo) {
  const Variable variable("XESP_WRONG_ANSWER", "first");
  const Error error = error_of([] { CardDevice card(wrong()); });
  EXPECT_EQ(error.code(), ErrorCode::kData);
  EXPECT_EQ(error.what(), std::string(7, 'A') + "?" + std::string(504, 'A'));
}

}  // namespace
}  // namespace xesp::test
