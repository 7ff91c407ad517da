// A NestJS application whose controllers pass instances of classes, which the validation makes.
import "reflect-metadata";
import { Body, Controller, Module, Post, ValidationPipe } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { Type } from "class-transformer";
import { IsIP, IsNumber, ValidateNested } from "class-validator";
import { callAll, options, packageName, report, settle } from "../calls.mjs";

const { Authsignal, snakeCase } = await import(packageName);
const authsignal = new Authsignal(options);

class Custom {
  @IsNumber()
  amount!: number;
}

class Withdrawal {
  @IsIP()
  ipAddress!: string;

  @ValidateNested()
  @Type(() => Custom)
  custom!: Custom;
}

class SnakeWithdrawal {
  @IsIP()
  ip_address!: string;

  @ValidateNested()
  @Type(() => Custom)
  custom!: Custom;
}

@Controller()
class Withdrawals {
  @Post("camel")
  camel(@Body() attributes: Withdrawal) {
    return settle(authsignal.track({ userId: "ann", action: "withdraw", attributes }));
  }

  @Post("snake")
  snake(@Body() attributes: SnakeWithdrawal) {
    return settle(snakeCase(authsignal).track({ user_id: "ann", action: "withdraw", attributes }));
  }
}

@Module({ controllers: [Withdrawals] })
class App {}

const app = await NestFactory.create(App, { logger: ["error"] });
app.useGlobalPipes(new ValidationPipe({ transform: true }));
await app.listen(0, "127.0.0.1");

const path = process.env.SPELLING ?? "";
const response = await fetch(`${await app.getUrl()}/${path}`, {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ [path === "snake" ? "ip_address" : "ipAddress"]: "203.0.113.7", custom: { amount: 5 } }),
});
report({ track: await response.json(), results: await callAll(authsignal) });
