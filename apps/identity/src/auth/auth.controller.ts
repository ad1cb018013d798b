import { changePassword, getMe, logIn, logOut, refreshTokens, updateMe, type Me, type Tokens } from '@assay/contracts';
import { Endpoint, Input, type Call } from '@assay/platform';
import { Controller, Header } from '@nestjs/common';
import { ProfileService } from './profile.service.js';
import { SessionsService } from './sessions.service.js';

@Controller()
export class AuthController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly profile: ProfileService,
  ) {}

  @Endpoint(logIn)
  @Header('cache-control', 'no-store')
  login(@Input() call: Call<typeof logIn>): Promise<Tokens> {
    return this.sessions.login(call, call.body);
  }

  @Endpoint(refreshTokens)
  @Header('cache-control', 'no-store')
  refresh(@Input() call: Call<typeof refreshTokens>): Promise<Tokens> {
    return this.sessions.refresh(call, call.body.refreshToken);
  }

  @Endpoint(logOut)
  logout(@Input() call: Call<typeof logOut>): Promise<void> {
    return this.sessions.logout(call, call.body.refreshToken);
  }

  @Endpoint(getMe)
  me(@Input() call: Call<typeof getMe>): Promise<Me> {
    return this.profile.me(call);
  }

  @Endpoint(updateMe)
  updateMe(@Input() call: Call<typeof updateMe>): Promise<Me> {
    return this.profile.update(call, call.ifMatch, call.body);
  }

  @Endpoint(changePassword)
  changePassword(@Input() call: Call<typeof changePassword>): Promise<void> {
    return this.profile.changePassword(call, call.body);
  }
}
